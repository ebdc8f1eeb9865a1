import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { start, type App, type StartOptions } from 'lambent'
import { onTestFinished } from 'vitest'

/** A project in a folder of its own, gone after the test. */
export interface Project {
  readonly directory: string
  readonly config: string
  write(file: string, text: string): void
}

/** Writes files (`lambda.yml`, handlers) into a new folder. */
export function createProject(files: Readonly<Record<string, string>>): Project {
  const directory = mkdtempSync(path.join(tmpdir(), 'lambent-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  const project: Project = {
    directory,
    config: path.join(directory, 'lambda.yml'),
    write(file, text) {
      mkdirSync(path.dirname(path.join(directory, file)), { recursive: true })
      writeFileSync(path.join(directory, file), text)
    },
  }
  for (const [file, text] of Object.entries(files)) project.write(file, text)
  return project
}

/** Starts a project: in memory with a frozen clock unless said otherwise; stopped after the test. */
export async function startProject(
  files: Readonly<Record<string, string>>,
  options: StartOptions = {},
): Promise<App & { project: Project }> {
  const project = createProject(files)
  const app = await start({ config: project.config, clock: 'frozen', ephemeral: true, ...options })
  onTestFinished(() => app.stop())
  return Object.assign(app, { project })
}
