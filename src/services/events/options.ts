import type { Deliver, Store } from '../../store/index.ts'
import type { Activity, Clock, Ids, Log } from '../../system/index.ts'
import type { Signals } from '../signals.ts'

/** AWS's default quotas, and how much is remembered here. */
export interface EventsLimits {
  readonly rulesPerBus: number
  readonly targetsPerRule: number
  readonly entriesPerRequest: number
  /** All entries of one `PutEvents` together, and each entry. */
  readonly entriesBytes: number
  readonly tagsPerResource: number
  /** Events that each bus remembers for whoever looks at them afterwards. */
  readonly rememberedEvents: number
}

export const standardLimits: EventsLimits = {
  rulesPerBus: 300,
  targetsPerRule: 5,
  entriesPerRequest: 10,
  entriesBytes: 1_048_576,
  tagsPerResource: 50,
  rememberedEvents: 1_000,
}

/** An event came onto a bus; told once it and all that it led to are durable. */
export interface EventPut {
  /** The bus's name. */
  readonly bus: string
  readonly eventId: string
  readonly source: string
  readonly detailType: string
  /** Names of the rules that it matched. */
  readonly rules: readonly string[]
  /** `false`: there is no such bus. AWS takes the event all the same, and drops it. */
  readonly isBusThere: boolean
  /** The id of what put it: a handler's invocation, an object's change. */
  readonly cause: string | undefined
}

/** A target could not have its event, nor could a dead-letter queue. */
export interface EventDeliveryFailed {
  readonly busArn: string
  readonly ruleArn: string
  readonly targetArn: string
  readonly eventId: string
  readonly reason: string
}

/** What the service is made of. */
export interface EventsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly identity: { readonly accountId: string; readonly region: string }
  readonly activity: Activity
  readonly log: Log
  /** Lambda targets: the fact `eventMatched` is prepared for each; no effects mean that there is no such function. */
  readonly signals: Pick<Signals, 'prepare'>
  /** All other targets, and dead-letter queues. */
  readonly deliver: Deliver
  readonly limits?: Partial<EventsLimits>
  /** Called after every change of what {@link EventsService.lambdaTargets} answers. */
  readonly onTargetsChanged?: () => void
  readonly onEventPut?: (fact: EventPut) => void
  readonly onDeliveryFailed?: (fact: EventDeliveryFailed) => void
}
