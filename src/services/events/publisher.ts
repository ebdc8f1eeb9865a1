import { newTraceHeader } from '../lambda/traceHeader.ts'
import { busArnOf } from './arns.ts'
import type { Bus, Buses } from './buses.ts'
import { type BusEvent, busEventOf, type NewEvent } from './busEvent.ts'
import { type Consequences, handOver, together } from './handOver.ts'
import type { EventsOptions } from './options.ts'
import type { Received } from './received.ts'
import type { Rule } from './rule.ts'

/** Where an event comes from. */
export interface Origin {
  /** The id of what put it: a handler's invocation, an object's change. */
  readonly cause: string | undefined
  readonly traceHeader: string | undefined
}

/** An event that is ready to be stored with all that it leads to. */
export interface Publication extends Consequences {
  readonly event: BusEvent
}

/** Makes events and works out what they lead to; stores nothing itself. */
export interface Publisher {
  /** The event, handed over to all targets of the rules that it matches. A bus that is not there drops it, as on AWS. */
  publish(busName: string, event: NewEvent, origin: Origin): Publication
  /** The event of a rule's own schedule, for that rule alone. */
  publishFor(rule: Rule, event: NewEvent): Publication
}

/** Creates the publisher. */
export function createPublisher(buses: Buses, received: Received, options: EventsOptions): Publisher {
  const { clock, ids, identity, signals, deliver } = options

  function consequencesOf(
    busName: string,
    event: BusEvent,
    rules: readonly Rule[],
    { cause, traceHeader }: Origin,
    isBusThere: boolean,
  ): Publication {
    const handing = {
      signals,
      deliver,
      busArn: busArnOf(identity, busName),
      nowMs: clock.now(),
      traceId: traceHeader ?? newTraceHeader(clock, ids),
      failed: (fact: Parameters<NonNullable<EventsOptions['onDeliveryFailed']>>[0]) =>
        options.onDeliveryFailed?.(fact),
    }
    const all = together(
      rules.flatMap((rule) => rule.targets.map((target) => handOver(event, rule, target, handing))),
    )
    return {
      event,
      effects: all.effects,
      committed() {
        if (isBusThere) received.add(busName, event)
        options.onEventPut?.({
          bus: busName,
          eventId: event.id,
          source: event.source,
          detailType: event['detail-type'],
          rules: rules.map(({ name }) => name),
          isBusThere,
          cause,
        })
        all.committed()
      },
    }
  }

  const eventOf = (event: NewEvent): BusEvent => busEventOf(event, ids.uuid(), clock.now(), identity)

  return {
    publish(busName, newEvent, origin) {
      const event = eventOf(newEvent)
      const bus: Bus | undefined = buses.get(busName)
      return consequencesOf(busName, event, bus?.index.matching(event) ?? [], origin, bus !== undefined)
    },
    publishFor(rule, newEvent) {
      const origin = { cause: undefined, traceHeader: undefined }
      return consequencesOf(rule.busName, eventOf(newEvent), [rule], origin, true)
    },
  }
}
