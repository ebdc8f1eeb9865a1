import { onTestFinished } from 'vitest'
import type { Outcome } from '../../src/invoke/index.ts'
import { type BrokerMapping, createBrokerMapping } from '../../src/mappings/index.ts'
import type { BrokerMappingSettings, BrokerReader, BrokerSource } from '../../src/sources/index.ts'
import {
  type ClockMode,
  createActivity,
  createClock,
  createIds,
  createLedger,
  type JsonObject,
  type LedgerFact,
} from '../../src/system/index.ts'
import { succeeds } from './mappingWorld.ts'

/** One invocation that a broker mapping asked for. */
export interface BrokerCall {
  readonly event: JsonObject
  /** Since the world began. */
  readonly atMs: number
}

/** What a handler does: nothing is success, a string is its answer, an outcome is that. */
export type BrokerHandler = (call: BrokerCall) => Promise<Outcome | string | void> | Outcome | string | void

/** Mappings on readers of any kind, with handlers that are plain functions. */
export function createBrokerWorld(mode: ClockMode = 'frozen') {
  const activity = createActivity()
  const clock = createClock({
    mode,
    ...(mode === 'frozen' && { startMs: 1_700_000_000_000 }),
    idle: activity.idle,
  })
  const startMs = clock.now()
  const ids = createIds()
  const ledger = createLedger(() => clock.now())
  const facts: LedgerFact[] = []
  ledger.subscribe((entry) => facts.push(entry))
  const logged: string[] = []
  let warn = (): void => {}
  const warned = new Promise<void>((resolve) => (warn = resolve))
  const note = (message: string): void => void logged.push(message)
  const log = {
    debug() {},
    info: note,
    error: note,
    warn(message: string): void {
      note(message)
      warn()
    },
  }
  const calls: BrokerCall[] = []
  const watchers = new Set<() => void>()

  async function run(handler: BrokerHandler, payload: Uint8Array): Promise<Outcome> {
    const event = JSON.parse(Buffer.from(payload).toString()) as JsonObject
    const call = { event, atMs: clock.now() - startMs }
    calls.push(call)
    for (const watcher of watchers) watcher()
    const answer = (await handler(call)) ?? succeeds()
    return typeof answer === 'string' ? succeeds(answer) : answer
  }

  return {
    clock,
    ids,
    log,
    activity,
    facts,
    logged,
    /** Resolves at the first warning. */
    warned,
    calls,
    idle: () => activity.idle(),
    /** Resolves when so many calls have been made. */
    called: async (times: number): Promise<void> => {
      if (calls.length >= times) return
      await new Promise<void>((resolve) => {
        const watcher = (): void => {
          if (calls.length >= times) resolve()
        }
        watchers.add(watcher)
      })
    },
    mapping<Message>(
      source: Omit<BrokerSource<never, Message>, 'config' | 'examples' | 'settings'>,
      settings: BrokerMappingSettings,
      reader: BrokerReader<Message>,
      handler: BrokerHandler = () => {},
    ): BrokerMapping {
      const mapping = createBrokerMapping<Message>({
        clock,
        ids,
        log,
        ledger,
        activity,
        functionName: 'worker',
        settings,
        source,
        reader,
        invoke: (event) => run(handler, event),
      })
      mapping.start()
      onTestFinished(async () => {
        await mapping.stop()
        clock.stop()
      })
      return mapping
    },
  }
}
