import type { App, StartOptions } from '../api/index.ts'
import { KEYS_HELP, createDevKeys } from './devKeys.ts'
import { exitCodes } from './failure.ts'
import { listenToKeys } from './keys.ts'
import { listenToStopSignals } from './stopSignals.ts'
import type { View } from './view.ts'

/** Something to do once all answers; when it resolves to `stop`, the application ends by itself. */
type Scene = (app: App) => Promise<'stay' | 'stop'>

interface Foreground {
  readonly options: StartOptions
  readonly view: View
  /** Whether single keys do something. */
  readonly hasKeys: boolean
  readonly scene?: Scene
}

/** Runs an application until someone asks it to stop. Rejects when it cannot start. */
export async function runInForeground({ options, view, hasKeys, scene }: Foreground): Promise<void> {
  const signals = listenToStopSignals(() => process.exit(exitCodes.failed))
  try {
    const { isCommitFailure, start } = await import('../api/index.ts')
    // A full disk: whoever asked for the change was refused already, and everybody else goes on.
    process.on('unhandledRejection', (reason) => {
      if (!isCommitFailure(reason)) throw reason
    })
    const app = await start({ ...options, log: view.log })
    try {
      showStart(app, view, hasKeys)
      await runUntilStopped(app, { view, hasKeys, signals, ...(scene ? { scene } : {}) })
    } finally {
      await stopTelling(app, view)
    }
  } finally {
    view.flush()
    signals.release()
  }
}

/** Summary, what happened so far, and last the line that says it is ready; from then on every entry as it comes. */
function showStart(app: App, view: View, hasKeys: boolean): void {
  view.started(app)
  for (const entry of app.ledger.latest()) view.entry(entry)
  if (hasKeys && process.stdin.isTTY) view.notice(KEYS_HELP)
  // Counted from when the process began, as the person at the keyboard counts.
  view.ready(app.url, Math.round(performance.now()))
  view.flush()
  app.ledger.subscribe((entry) => view.entry(entry))
}

async function runUntilStopped(
  app: App,
  {
    view,
    hasKeys,
    scene,
    signals,
  }: Omit<Foreground, 'options'> & { readonly signals: ReturnType<typeof listenToStopSignals> },
): Promise<void> {
  const say = (text: string): void => view.notice(text)
  const keys = hasKeys ? listenToKeys(createDevKeys({ app, say, quit: () => signals.request() })) : undefined
  try {
    const playing = scene?.(app).then((next) => (next === 'stop' ? undefined : signals.requested))
    await Promise.race([signals.requested, ...(playing ? [playing] : [])])
  } finally {
    keys?.stop()
  }
}

const PATIENCE_MS = 500

/** Handlers that run are let finish for a while; whoever waits for that is told, and how not to. */
async function stopTelling(app: App, view: View): Promise<void> {
  const telling = setTimeout(() => {
    view.notice('stopping, as soon as running handlers have ended; Ctrl-C again stops at once')
  }, PATIENCE_MS)
  try {
    await app.stop()
  } finally {
    clearTimeout(telling)
  }
}
