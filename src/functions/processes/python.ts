import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { findProgram, isExecutable } from './findProgram.ts'

/** An interpreter and its version, such as `3.13`. */
export interface Python {
  readonly command: string
  readonly version: string
}

const known = new Map<string, Promise<Python | undefined>>()

/**
 * The interpreter for `python3.13`: of the function's own virtual environment, or the one of that version on the PATH, or
 * any Python 3. What the PATH has may be a script that chooses a version, and may choose none: each is asked once what it is.
 */
export async function findPython(
  code: { readonly runtime: string; readonly directory: string },
  around: { readonly path: string; readonly host: Readonly<Record<string, string | undefined>> },
): Promise<Python | undefined> {
  const own = ['.venv', 'venv'].map((name) => join(code.directory, name, 'bin', 'python3')).filter(isExecutable)
  const onPath = [code.runtime, 'python3', 'python'].flatMap((name) => findProgram(name, around.path) ?? [])
  for (const candidate of [...own, ...onPath]) {
    const key = JSON.stringify([candidate, code.directory])
    const asking = known.get(key) ?? ask(candidate, code.directory, around.host)
    known.set(key, asking)
    const answer = await asking
    if (answer?.version.startsWith('3.')) return answer
    // It may be installed in the meantime.
    known.delete(key)
  }
  return undefined
}

const QUESTION = 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])'

function ask(
  command: string,
  directory: string,
  host: Readonly<Record<string, string | undefined>>,
): Promise<Python | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['-S', '-E', '-c', QUESTION], { cwd: directory, env: { ...host } }, (error, stdout) => {
      const [executable, version] = stdout.split(/\r?\n/)
      resolve(error || !executable || !version ? undefined : { command: executable, version })
    })
  })
}
