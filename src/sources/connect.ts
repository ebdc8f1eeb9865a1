import type { Fact, Question, Signals } from '../services/signals.ts'
import type { AnySource, AwsContext, ReplyOutcome, Trigger } from './defineSource.ts'

/** What sources do to functions. */
export interface SignalInvoker {
  /** Resolves once the event is in the function's durable queue. */
  accept(trigger: Trigger, event: Uint8Array, requestId: string): Promise<void>
  /** Runs the function and answers how it ended. */
  run(trigger: Trigger, event: Uint8Array, requestId: string): Promise<ReplyOutcome>
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

  return {
    async tell(fact, detail) {
      await Promise.all(
        interested(fact, detail).map(({ trigger, source }) => {
          const requestId = connection.uuid()
          return connection.invoker.accept(trigger, eventFor(source, detail, requestId, trigger), requestId)
        }),
      )
    },
    async ask(question, detail, requestId) {
      const [found] = interested(question, detail)
      if (!found?.source.reply) return undefined
      const event = eventFor(found.source, detail, requestId, found.trigger)
      return found.source.reply(await connection.invoker.run(found.trigger, event, requestId), detail)
    },
  }
}
