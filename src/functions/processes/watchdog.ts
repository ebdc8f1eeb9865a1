import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Ends process groups when this process is gone, whatever became of it: one that is stopped between events would
 * otherwise stay for ever. A shell that reads a pipe; the pipe's end is the signal.
 */
export class Watchdog {
  readonly #groups = new Set<number>()
  #shell: ChildProcess | undefined

  watch(group: number): void {
    this.#groups.add(group)
    this.#say(`+ ${group}`)
  }

  forget(group: number): void {
    if (!this.#groups.delete(group)) return
    this.#say(`- ${group}`)
    if (this.#groups.size > 0) return
    this.#shell?.stdin?.end()
    this.#shell = undefined
  }

  #say(text: string): void {
    if (process.platform === 'win32') return
    this.#shell ??= startShell()
    this.#shell.stdin?.write(`${text}\n`)
  }
}

/** A group that was forgotten may have been given to others since: it is taken out of the list. */
const SCRIPT = `
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -KILL -- "-$group"; done 2>/dev/null
`

function startShell(): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  })
  shell.on('error', () => {})
  shell.stdin?.on('error', () => {})
  shell.unref()
  const pipe = shell.stdin as unknown as { unref?: () => void } | null
  pipe?.unref?.()
  return shell
}
