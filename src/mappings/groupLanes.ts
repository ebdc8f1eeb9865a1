import { type Encoded, OpenBatch } from './batch.ts'

/** What a lane does with the messages of its groups. */
export interface GroupWork<Message> {
  readonly batchSize: number
  /** Hands one batch over, and answers what the function is not done with. */
  run(batch: readonly Encoded<Message>[]): Promise<readonly Encoded<Message>[]>
  /** Whether the message is still invisible to others. */
  isOurs(message: Message): boolean
  giveBack(messages: readonly Message[]): Promise<void>
  /** Nothing more is to be handed over. */
  readonly stopping: AbortSignal
}

interface GroupLane<Message> {
  /** Received, and waiting for the batch before. */
  behind: readonly Encoded<Message>[]
}

/**
 * The order of a FIFO queue, as far as it is the mapping's business: a group is never in two batches at once, and after
 * a failure nothing of it is handed over before the failed message is back (Lambda Developer Guide, "Using Lambda with
 * Amazon SQS"). The queue itself holds back what is behind messages in flight; this is for those received together
 * that went past the size of a batch, and for those received anew while their batch is under way.
 */
export class GroupLanes<Message> {
  readonly #groupOf: (message: Message) => string
  /** The lane that works on a group. */
  readonly #lanes = new Map<string, GroupLane<Message>>()

  constructor(groupOf: (message: Message) => string) {
    this.#groupOf = groupOf
  }

  /** The messages that may be handed over now; others wait behind the batch that their group is in. */
  admit(messages: readonly Encoded<Message>[]): readonly Encoded<Message>[] {
    return messages.filter((one) => {
      const lane = this.#lanes.get(this.#groupOf(one.message))
      if (lane) lane.behind = [...lane.behind, one]
      return lane === undefined
    })
  }

  /** Runs a batch, then what is behind it, batch by batch. All of it was admitted. */
  async run(
    first: readonly Encoded<Message>[],
    behind: readonly Encoded<Message>[],
    work: GroupWork<Message>,
  ): Promise<void> {
    const lane: GroupLane<Message> = { behind }
    const held = new Set([...first, ...behind].map(({ message }) => this.#groupOf(message)))
    const blocked = new Set<string>()
    for (const group of held) this.#lanes.set(group, lane)
    try {
      for (let batch = first; batch.length > 0; batch = await this.#next(lane, blocked, work))
        for (const { message } of await work.run(batch)) blocked.add(this.#groupOf(message))
    } finally {
      for (const group of held) this.#lanes.delete(group)
      if (lane.behind.length > 0) await work.giveBack(lane.behind.map(({ message }) => message))
    }
  }

  /** The next batch of what is behind; of groups that have to wait for a failed message nothing is kept. */
  async #next(
    lane: GroupLane<Message>,
    blocked: ReadonlySet<string>,
    work: GroupWork<Message>,
  ): Promise<readonly Encoded<Message>[]> {
    if (work.stopping.aborted) return []
    const ours = lane.behind.filter(({ message }) => work.isOurs(message))
    const isBlocked = ({ message }: Encoded<Message>): boolean => blocked.has(this.#groupOf(message))
    const batch = new OpenBatch<Message>(work.batchSize)
    const rest: Encoded<Message>[] = []
    for (const one of ours) if (!isBlocked(one) && (rest.length > 0 || !batch.take(one))) rest.push(one)
    lane.behind = rest
    const stuck = ours.filter(isBlocked)
    if (stuck.length > 0) await work.giveBack(stuck.map(({ message }) => message))
    return batch.messages()
  }
}
