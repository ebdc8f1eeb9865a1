import type { BrokerMappingSettings, BrokerSource } from '../../sources/index.ts'

/** A message and its record as it stands in the event. */
export interface BrokerEntry<Message> {
  readonly message: Message
  readonly id: string
  readonly lane: string
  readonly json: string
  readonly bytes: number
}

type EventSource<Message> = Pick<
  BrokerSource<never, Message>,
  'id' | 'lane' | 'group' | 'record' | 'envelope' | 'member'
>

/** The serialised event may not pass this; a batch closes before it would. */
const MOST_EVENT_BYTES = 6 * 1024 * 1024
/** What a list of the event costs beside its key and its records: `"":[],`. */
const LIST_BYTES = 6

/** A batch that is being gathered. */
export class OpenBrokerBatch<Message> {
  readonly #size: number
  readonly #source: EventSource<Message>
  readonly #entries: BrokerEntry<Message>[] = []
  readonly #groups = new Set<string>()
  #bytes: number

  constructor(settings: BrokerMappingSettings, source: EventSource<Message>) {
    this.#size = settings.batchSize
    this.#source = source
    this.#bytes = eventOf([], settings, source).byteLength
  }

  get count(): number {
    return this.#entries.length
  }

  /** How many more messages may come. */
  get room(): number {
    return this.#size - this.#entries.length
  }

  /** Takes a message, or answers `false` when it has to go into the next batch. */
  take(one: BrokerEntry<Message>): boolean {
    const group = this.#source.group(one.message) ?? ''
    const list = this.#groups.has(group) ? 0 : Buffer.byteLength(group) + LIST_BYTES
    const bytes = this.#bytes + one.bytes + 1 + list
    if (this.room <= 0 || (bytes > MOST_EVENT_BYTES && this.#entries.length > 0)) return false
    this.#entries.push(one)
    this.#groups.add(group)
    this.#bytes = bytes
    return true
  }

  entries(): readonly BrokerEntry<Message>[] {
    return this.#entries
  }
}

/** The event that the function gets: messages in one list, or in one for each queue or partition. */
export function eventOf<Message>(
  entries: readonly BrokerEntry<Message>[],
  settings: BrokerMappingSettings,
  source: EventSource<Message>,
): Uint8Array {
  const lists = new Map<string | undefined, string[]>()
  for (const { message, json } of entries) {
    const group = source.group(message)
    const list = lists.get(group)
    if (list) list.push(json)
    else lists.set(group, [json])
  }
  const content = lists.has(undefined) ? listOf(lists.get(undefined) ?? []) : groupsOf(lists)
  const envelope = JSON.stringify(source.envelope(settings)).slice(1, -1)
  return Buffer.from(`{${envelope},"${source.member}":${content}}`)
}

const listOf = (records: readonly string[]): string => `[${records.join(',')}]`

const groupsOf = (lists: ReadonlyMap<string | undefined, readonly string[]>): string =>
  `{${[...lists].map(([group, records]) => `${JSON.stringify(group)}:${listOf(records)}`).join(',')}}`
