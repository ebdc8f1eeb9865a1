import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { App, StartOptions } from '../../api/index.ts'
import { colorsFor } from '../colors.ts'
import { playScene, whatToTry } from '../demoScene.ts'
import { runInForeground } from '../foreground.ts'
import { copyTemplate, templateFiles } from '../templates.ts'
import { createView } from '../view.ts'

export interface DemoFlags {
  readonly once?: boolean
}

const FOLDER = '.lambent-demo'
const FIRST_PORT = 9000
const LAST_PORT = 9009

/** `lambent demo`: the template `queue-worker` runs, a scene is played on it, and it stays for the person to try. */
export async function demo(flags: DemoFlags): Promise<void> {
  const isOnce = flags.once ?? (!process.stdout.isTTY && process.env['CI'] === 'true')
  const directory = path.resolve(FOLDER)
  await writeProject(directory)
  const view = createView({ isJson: false, isQuiet: false })
  const colors = colorsFor(process.stdout)
  const options: StartOptions = {
    config: path.join(directory, 'lambda.yml'),
    ephemeral: true,
    watch: !isOnce,
  }
  const scene = async (app: App): Promise<'stay' | 'stop'> => {
    await playScene(app, (text) => view.notice(text), colors)
    if (isOnce) return 'stop'
    view.notice(whatToTry(app, path.join(FOLDER, 'src', 'worker.ts'), colors).join('\n'))
    return 'stay'
  }
  await onFreePort((port) =>
    runInForeground({ options: { ...options, port }, view, hasKeys: !isOnce, scene }),
  )
}

/** What is there stays, with whatever was tried out in it; git does not see the folder. */
async function writeProject(directory: string): Promise<void> {
  const files = await templateFiles('queue-worker')
  const missing = files.filter((file) => !existsSync(path.join(directory, file)))
  await copyTemplate('queue-worker', directory, missing)
  await writeFile(path.join(directory, '.gitignore'), '*\n')
}

/** Port 9000, or the next one that nobody has. */
async function onFreePort(run: (port: number) => Promise<void>): Promise<void> {
  for (let port = FIRST_PORT; ; port++) {
    try {
      await run(port)
      return
    } catch (error) {
      if (!isPortTaken(error) || port === LAST_PORT) throw error
      process.stdout.write(`port ${port} is taken, trying ${port + 1}\n`)
    }
  }
}

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE'
