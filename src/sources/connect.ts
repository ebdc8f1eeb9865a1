import type { Fact, Question, Signals, Telling } from '../services/signals.ts'
import type { AnswerStream, AnySource, AwsContext, ReplyOutcome, Trigger } from './defineSource.ts'

/** What sources do to functions. */
export interface SignalInvoker {
  /** What puts the event into the function's durable queue. `cause` is what the fact tells of, if it has an id. */
  prepare(trigger: Trigger, event: Uint8Array, requestId: string, cause: string | undefined): Telling
  /** Makes prepared effects durable; resolves then. */
  commit(telling: Telling, label: string): Promise<void>
  /** Runs the function and answers how it ended. */
  run(trigger: Trigger, event: Uint8Array, requestId: string, stream?: AnswerStream): Promise<ReplyOutcome>
}

export interface Connection {
  readonly sources: readonly AnySource[]
  /** The triggers as they are now: a changed spec changes what this answers, and nothing else. */
  readonly triggers: () => readonly Trigger[]
  readonly invoker: SignalInvoker
  readonly awsFor: (requestId: string) => AwsContext
  readonly uuid: () => string
}

/** Joins the services' signals to the functions that triggers name. */
export function connect(connection: Connection): Signals {
  const sourceByName = new Map(connection.sources.map((source) => [source.name, source]))

  function interested(signal: Fact<unknown> | Question<unknown, unknown>, detail: unknown) {
    return connection.triggers().flatMap((trigger) => {
      const source = sourceByName.get(trigger.source)
      return source?.on.name === signal.name && source.matches(trigger, detail) ? [{ trigger, source }] : []
    })
  }

  const eventFor = (source: AnySource, detail: unknown, requestId: string, trigger: Trigger): Uint8Array =>
    Buffer.from(JSON.stringify(source.event(detail, connection.awsFor(requestId), trigger)))

  function prepare<Detail>(fact: Fact<Detail>, detail: Detail): Telling {
    const tellings = interested(fact, detail).map(({ trigger, source }) => {
      const requestId = connection.uuid()
      const event = eventFor(source, detail, requestId, trigger)
      return connection.invoker.prepare(trigger, event, requestId, causeIn(detail))
    })
    return {
      effects: tellings.flatMap(({ effects }) => effects),
      told: () => tellings.forEach(({ told }) => told()),
    }
  }

  return {
    prepare,
    async tell(fact, detail) {
      const telling = prepare(fact, detail)
      if (telling.effects.length > 0) await connection.invoker.commit(telling, fact.name)
    },
    async ask(question, detail, requestId) {
      const [found] = interested(question, detail)
      if (!found?.source.reply) return undefined
      const event = eventFor(found.source, detail, requestId, found.trigger)
      const stream = found.source.stream?.(detail)
      const outcome = await connection.invoker.run(found.trigger, event, requestId, stream)
      return found.source.reply(outcome, detail)
    },
  }
}

/** A detail names what it tells of as its `cause`: a message id, an event id. */
function causeIn(detail: unknown): string | undefined {
  if (typeof detail !== 'object' || detail === null || !('cause' in detail)) return undefined
  return typeof detail.cause === 'string' ? detail.cause : undefined
}
