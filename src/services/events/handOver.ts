import type { Deliver, Effect } from '../../store/index.ts'
import type { JsonValue } from '../../system/index.ts'
import type { Signals } from '../signals.ts'
import type { BusEvent } from './busEvent.ts'
import type { EventDeliveryFailed } from './options.ts'
import type { Rule, Target } from './rule.ts'
import { eventMatched, triggerIdOf } from './signals.ts'

/** What comes of an event: changes for one transaction, and what to do once they are durable. */
export interface Consequences {
  readonly effects: readonly Effect[]
  readonly committed: () => void
}

/** What handing over needs to know beside event and target. */
export interface HandOver {
  readonly signals: Pick<Signals, 'prepare'>
  readonly deliver: Deliver
  readonly busArn: string
  readonly nowMs: number
  /** X-Ray header of what put the event. */
  readonly traceId: string
  readonly failed: (fact: EventDeliveryFailed) => void
}

export const isLambdaArn = (arn: string): boolean => arn.startsWith('arn:aws:lambda:')

/**
 * Hands an event over to one target of a rule that it matched. What is refused goes to the target's dead-letter queue:
 * here nothing fails for a while only, so nothing is tried again.
 */
export function handOver(event: BusEvent, rule: Rule, target: Target, on: HandOver): Consequences {
  const { Arn, DeadLetterConfig } = target.record
  const input = target.input(event, { ruleArn: rule.arn, ruleName: rule.name, nowMs: on.nowMs })
  const failure = (reason: string): Consequences => ({
    effects: [],
    committed: () =>
      on.failed({ busArn: on.busArn, ruleArn: rule.arn, targetArn: Arn, eventId: event.id, reason }),
  })
  // AWS drops such an event without a word, past the dead-letter queue.
  if (input === undefined) return failure('the input template did not come out as JSON')
  const delivered = isLambdaArn(Arn)
    ? toFunction(event, rule, target, input, on)
    : toOthers(Arn, { text: input, attributes: [] }, event, on)
  if (typeof delivered !== 'string') return delivered

  const deadLetterArn = DeadLetterConfig?.Arn
  if (deadLetterArn === undefined) return failure(delivered)
  const attributes = [
    ['RULE_ARN', rule.arn],
    ['TARGET_ARN', Arn],
    ['ERROR_CODE', 'NO_RESOURCE'],
    ['ERROR_MESSAGE', delivered],
  ].map(([name = '', value = '']) => ({ name, type: 'String', value }))
  const buried = toOthers(deadLetterArn, { text: JSON.stringify(event), attributes }, event, on)
  return typeof buried === 'string' ? failure(`${delivered}; dead-letter queue: ${buried}`) : buried
}

function toFunction(
  event: BusEvent,
  rule: Rule,
  { record }: Target,
  input: string,
  { signals }: HandOver,
): Consequences | string {
  const telling = signals.prepare(eventMatched, {
    triggerId: triggerIdOf(rule.arn, record.Id),
    functionArn: record.Arn,
    ruleArn: rule.arn,
    eventId: event.id,
    cause: event.id,
    input: JSON.parse(input) as JsonValue,
  })
  return telling.effects.length === 0
    ? `there is no function ${record.Arn}`
    : { effects: telling.effects, committed: telling.told }
}

interface Letter {
  readonly text: string
  readonly attributes: readonly { readonly name: string; readonly type: string; readonly value: string }[]
}

function toOthers(arn: string, letter: Letter, event: BusEvent, on: HandOver): Consequences | string {
  const delivery = on.deliver(arn, {
    body: Buffer.from(letter.text),
    attributes: letter.attributes,
    traceId: on.traceId,
    cause: event.id,
  })
  if (delivery.kind === 'refused') return delivery.reason
  return { effects: delivery.effects, committed: delivery.committed ?? (() => {}) }
}

/** Several consequences as one. */
export const together = (all: readonly Consequences[]): Consequences => ({
  effects: all.flatMap(({ effects }) => effects),
  committed: () => all.forEach(({ committed }) => committed()),
})
