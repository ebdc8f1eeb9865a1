import type { JsonValue } from '../../system/index.ts'
import { fact } from '../signals.ts'

/** A scheduled rule's moment has come. */
export interface ScheduledMoment {
  /** The trigger that asked for the rule. */
  readonly triggerId: string
  readonly ruleName: string
  /** When it was due, epoch milliseconds. */
  readonly atMs: number
}

export const scheduleFired = fact<ScheduledMoment>('events.scheduleFired')

/** An event is for a function, the target of a rule. */
export interface MatchedEvent {
  /** Names the rule's target: `arn:aws:events:...:rule/shop/orders#billing`. */
  readonly triggerId: string
  readonly functionArn: string
  readonly ruleArn: string
  readonly eventId: string
  /** The event's id, too: what the invocation comes from. */
  readonly cause: string
  /** What the function gets: the event, or what the target's input settings made of it. */
  readonly input: JsonValue
}

export const eventMatched = fact<MatchedEvent>('events.eventMatched')

/** The name of a rule's target. Neither part can hold a `#`. */
export const triggerIdOf = (ruleArn: string, targetId: string): string => `${ruleArn}#${targetId}`
