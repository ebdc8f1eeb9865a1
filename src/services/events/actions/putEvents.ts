import type { Store } from '../../../store/index.ts'
import type { JsonObject, JsonValue } from '../../../system/index.ts'
import type { Operation, RequestContext } from '../../operation.ts'
import { busNameIn } from '../arns.ts'
import { entryBytes, type NewEvent } from '../busEvent.ts'
import { busMember, checkLength, checkMembers } from '../constraints.ts'
import { notSupported, serialization, validation } from '../errors.ts'
import { together } from '../handOver.ts'
import type { EventsLimits } from '../options.ts'
import type { Publisher } from '../publisher.ts'

interface SentEntry {
  readonly Time?: unknown
  readonly Source?: string
  readonly Resources?: readonly string[]
  readonly DetailType?: string
  readonly Detail?: string
  readonly EventBusName?: string
  readonly TraceHeader?: string
}

interface Input {
  readonly Entries?: readonly SentEntry[]
  readonly EndpointId?: string
}

interface EntryFailure {
  readonly ErrorCode: string
  readonly ErrorMessage: string
}

interface Edges {
  readonly store: Store
  readonly limits: EventsLimits
  readonly publisher: Publisher
  readonly identity: { readonly accountId: string; readonly region: string }
}

/**
 * `PutEvents`: entries fail one by one; those that are accepted become durable together, with all that their rules'
 * targets get. A bus that does not exist takes events, too, and drops them, as on AWS.
 */
export const createPutEvents =
  ({ store, limits, publisher, identity }: Edges): Operation<Input> =>
  async (input, context) => {
    const { Entries, EndpointId } = input
    if (EndpointId !== undefined) throw notSupported('A global endpoint')
    checkLength('entries', Entries, [1, limits.entriesPerRequest], () => printed(Entries ?? []))
    const entries = Entries ?? []
    checkMembers(
      entries.flatMap(({ EventBusName, TraceHeader }, index) => [
        busMember(`entries.${index + 1}.member.eventBusName`, EventBusName),
        { path: `entries.${index + 1}.member.traceHeader`, value: TraceHeader, least: 1, most: 500 },
      ]),
    )
    if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > limits.entriesBytes)
      throw validation('Total size of the entries in the request is over the limit.')

    const read = entries.map(readEntry)
    const publications = read.map((event, index) => {
      if ('ErrorCode' in event) return event
      const busName = busNameIn(identity, entries[index]?.EventBusName)
      return publisher.publish(busName, event, originOf(entries[index], context))
    })
    const all = together(publications.flatMap((each) => ('ErrorCode' in each ? [] : [each])))
    if (all.effects.length > 0) await store.apply(all.effects)
    all.committed()
    return {
      FailedEntryCount: publications.filter((each) => 'ErrorCode' in each).length,
      Entries: publications.map((each) => ('ErrorCode' in each ? each : { EventId: each.event.id })),
    }
  }

const originOf = (entry: SentEntry | undefined, { cause, traceHeader }: RequestContext) => ({
  cause,
  traceHeader: entry?.TraceHeader ?? traceHeader,
})

function readEntry(entry: SentEntry): NewEvent | EntryFailure {
  const { Source, DetailType, Detail, Resources } = entry
  const timeMs = readTime(entry.Time)
  for (const [name, value] of Object.entries({ Source, DetailType, Detail }))
    if (value === undefined || value === '')
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      }
  const detail = readDetail(Detail ?? '')
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  return {
    source: Source ?? '',
    detailType: DetailType ?? '',
    detail,
    ...(Resources && { resources: Resources }),
    ...(timeMs !== undefined && { timeMs }),
  }
}

function readDetail(text: string): JsonObject | undefined {
  try {
    const detail = JSON.parse(text) as JsonValue
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? (detail as JsonObject)
      : undefined
  } catch {
    return undefined
  }
}

/** Epoch seconds, as AWS JSON has them; some clients send ISO 8601. */
function readTime(time: unknown): number | undefined {
  if (time === undefined || time === null) return undefined
  const timeMs =
    typeof time === 'number' ? time * 1_000 : typeof time === 'string' ? Date.parse(time) : Number.NaN
  if (Number.isNaN(new Date(timeMs).getTime())) throw serialization('Expected a timestamp for Time.')
  return timeMs
}

/** The entries as AWS's own message prints them. */
const printed = (entries: readonly SentEntry[]): string =>
  `[${entries
    .map(
      ({ Source, Resources, DetailType, Detail, EventBusName, TraceHeader }) =>
        `PutEventsRequestEntry(time=null, source=${Source ?? null}, resources=${Resources ? `[${Resources.join(', ')}]` : null}, detailType=${DetailType ?? null}, detail=${Detail ?? null}, eventBusName=${EventBusName ?? null}, traceHeader=${TraceHeader ?? null}, kmsKeyIdentifier=null, internalMetadata=null)`,
    )
    .join(', ')}]`
