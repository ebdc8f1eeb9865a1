import type { App } from '../api/index.ts'
import { formatWait } from './humanTime.ts'

export const KEYS_HELP = 'keys: r reload · f fast-forward to the next timer · h help · q quit'

interface KeyActions {
  readonly app: Pick<App, 'clock' | 'reload' | 'reloadSpec'>
  readonly say: (text: string) => void
  readonly quit: () => void
}

/** What a key does in `lambent dev`; one at a time, and a failure is told rather than thrown. */
export function createDevKeys({ app, say, quit }: KeyActions): (key: string) => void {
  let isBusy = false

  function run(action: () => Promise<void>): void {
    if (isBusy) return
    isBusy = true
    action()
      .catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
      .finally(() => (isBusy = false))
  }

  return (key) => {
    switch (key) {
      case 'r':
        run(() => reloadAll(app, say))
        break
      case 'f':
        run(() => fastForward(app, say))
        break
      case 'q':
        quit()
        break
      case 'h':
      case '?':
        say(KEYS_HELP)
        break
      case '\r':
        say('')
        break
    }
  }
}

async function reloadAll(app: KeyActions['app'], say: (text: string) => void): Promise<void> {
  say('reloading lambda.yml and all functions')
  await app.reloadSpec()
  await app.reload()
}

/** Says which timer and how far away before it runs, so that the lines that follow are understood. */
async function fastForward(app: KeyActions['app'], say: (text: string) => void): Promise<void> {
  const [next] = app.clock.timers()
  if (!next) {
    say('nothing waits for the clock')
    return
  }
  say(`fast-forward by ${formatWait(next.dueMs - app.clock.now())}: ${next.label}`)
  await app.clock.advanceToNext()
}
