import path from 'node:path'
import { createFunctions } from '../functions/index.ts'
import { type ExtraRoute, readBody } from '../services/gateway/index.ts'
import {
  createMemoryHistory,
  createMemoryStore,
  type DroppedPart,
  openHistory,
  openStore,
  type Store,
} from '../store/index.ts'
import { createActivity, createClock, createIds, createLedger, type Log, silentLog } from '../system/index.ts'
import { createApp, loadSpecFor } from './app.ts'
import { applySpec } from './applySpec.ts'
import { type ControlApi, type Controlled, createControlApi } from './controlApi.ts'
import { openForeignQueues } from './foreignQueues/index.ts'
import { openForeignStreams } from './foreignStreams/index.ts'
import { functionEvents } from './functionEvents.ts'
import { STOP_GRACE_MS, withinGrace } from './grace.ts'
import { createPast } from './past.ts'
import { createRunner } from './runner.ts'
import type { App, StartOptions } from './types.ts'
import { watchFiles } from './watchFiles.ts'

/** A replay may bring a payload of its own. */
const MOST_CONTROL_BODY_BYTES = 8 * 1024 * 1024

/**
 * Starts the application that a `lambda.yml` describes, in this process, and resolves once it answers.
 * Rejects with SpecError when the spec is wrong, and with a sentence saying what to do when the port is taken or the
 * data folder is in use.
 * @example
 * const app = await start({ config: 'lambda.yml', clock: 'frozen', ephemeral: true })
 * await app.invoke('checkout', { id: 1 }, { type: 'Event' })
 * await app.clock.advance('3m')
 * await app.settle()
 * await app.stop()
 */
export async function start(options: StartOptions = {}): Promise<App> {
  const host = options.host ?? '127.0.0.1'
  refuseOpenHost(host)
  const spec = await loadSpecFor(options)
  const log = options.log ?? silentLog
  const activity = createActivity()
  const clock = createClock({ mode: options.clock ?? spec.clock, idle: activity.idle })
  const ledger = createLedger(() => clock.now())
  const ids = createIds()
  const functions = createFunctions({
    clock,
    ids,
    events: functionEvents(ledger),
    region: spec.region,
    directory: spec.directory,
    inspect: options.inspect ?? false,
  })
  let controlled: Controlled | undefined
  const control = createControlApi(() => controlled)

  // What must be stopped, the latest first; a start that fails half-way is undone the same way.
  const undo: (() => void | Promise<void>)[] = [() => clock.stop(), () => functions.stop(STOP_GRACE_MS)]
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= undoAll(undo))
  try {
    // The executor takes as long to come up as the store does to open: side by side they cost half.
    const executorIsUp = functions.start()
    executorIsUp.catch(() => {})
    const dataFolder = dataFolderOf(options, spec.directory)
    const store = await openStoreFor(dataFolder, options.recover ?? false, log)
    undo.splice(1, 0, () => store.close())
    const history =
      dataFolder === undefined
        ? createMemoryHistory()
        : openHistory({ directory: path.join(dataFolder, 'history'), log })
    undo.splice(2, 0, () => history.close())
    ledger.resumeAfter(history.lastSequence)
    ledger.subscribe((entry, payload) => history.append(entry, payload))
    const foreignQueues = openForeignQueues(spec, { store, clock, ids, ledger, activity, log })
    if (foreignQueues) undo.push(() => foreignQueues.stop())
    const foreignStreams = openForeignStreams(spec, { clock, activity })
    undo.push(() => foreignStreams.stop())
    const runner = createRunner(spec, {
      foreignQueues,
      foreignStreams,
      store,
      history,
      clock,
      activity,
      ids,
      log,
      ledger,
      functions,
      dataFolder,
      extraRoutes: [controlRoute(control)],
    })
    // After the functions: what runs until then may load its files.
    undo.splice(3, 0, () => runner.published.stop())
    undo.splice(3, 0, () => runner.code.stop())
    await runner.code.sweep()
    undo.push(() => runner.gateway.stop())
    const listening = await runner.gateway.start(options.port ?? 0, host)
    await executorIsUp
    undo.push(() => withinGrace(runner.queue.stop()))
    // Stopped before the queue, too: what is accepted from now on would wait for the next start.
    undo.push(() => runner.gateway.stop())
    undo.push(() => control.stop())
    undo.push(() => withinGrace(runner.mappings.stop()))
    undo.push(() => runner.schedules.stop())
    undo.push(() => runner.events.stop())
    undo.push(() => runner.s3.stop())
    const names = runner.functionList().map((one) => one.name)
    await applySpec(runner, spec, { deploy: names, remove: [] }, listening.url, { prewarm: false })
    await runner.queue.start()
    await foreignQueues?.outbox.start()
    runner.sqs.resumeMoves()
    undo.push(() => runner.sqs.stopMoves())
    const app = createApp(runner, options, listening, stop)
    controlled = { app, runner, past: createPast(history) }
    if (options.watch) undo.push(await watchFiles(app, runner))
    return app
  } catch (error) {
    await stop()
    throw error
  }
}

/** Requests are not authenticated, so nobody else's may come in. */
function refuseOpenHost(host: string): void {
  if (host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) return
  throw new RangeError(
    `host ${host}: this version listens on loopback addresses only (127.0.0.1, ::1, localhost), since it does not check signatures`,
  )
}

const controlRoute = (control: ControlApi): ExtraRoute => ({
  matches: (request) => control.matches(request),
  handle: async (request, response) =>
    control.handle(request, response, (await readBody(request, MOST_CONTROL_BODY_BYTES)) ?? Buffer.alloc(0)),
})

const dataFolderOf = (options: StartOptions, directory: string): string | undefined =>
  options.ephemeral ? undefined : path.resolve(options.data ?? path.join(directory, '.lambent'))

const openStoreFor = (dataFolder: string | undefined, recover: boolean, log: Log): Promise<Store> | Store =>
  dataFolder === undefined
    ? createMemoryStore()
    : openStore({ directory: dataFolder, recover, onDropped: (part) => log.warn(droppedText(part)) })

const droppedText = ({ path: file, offset, bytes, movedTo }: DroppedPart): string =>
  movedTo === undefined
    ? `${file}: ${bytes} bytes from byte ${offset} on could not be read and are left out`
    : `${file} could not be read; it lies in ${movedTo} now, and a new one was begun`

async function undoAll(undo: (() => void | Promise<void>)[]): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop()) await step()
}
