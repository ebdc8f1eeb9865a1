/** The place of a record in its partition. */
export interface RecordPosition {
  readonly partition: string
  readonly offset: bigint
}

/** What the decision needs to know of an invocation that has just ended. */
export interface MessagesFacts {
  readonly outcome: 'success' | 'functionError' | 'throttled' | 'systemError' | 'recursionStopped'
  /** JSON text that the function answered, when it succeeded. */
  readonly response: string
  readonly reportsItemFailures: boolean
  /** Of the batch's messages, in order; `undefined` for brokers without positions. */
  readonly positions: readonly (RecordPosition | undefined)[]
}

export type MessagesDecision =
  /** The messages of these places in the batch are not done, all others are. */
  | { readonly kind: 'commit'; readonly left: readonly number[] }
  | { readonly kind: 'fail'; readonly why: string }
  /** Lambda refused to run the function: the same batch again. */
  | { readonly kind: 'again' }

/**
 * What becomes of a batch (Lambda Developer Guide, "Using Lambda with self-managed Apache Kafka", "Using Lambda with
 * Amazon MQ"). A failure that is named by its partition and offset holds up all that comes behind it there; a response
 * that cannot be understood fails the whole batch.
 */
export function decideMessages(facts: MessagesFacts): MessagesDecision {
  switch (facts.outcome) {
    case 'throttled':
    case 'systemError':
      return { kind: 'again' }
    case 'functionError':
      return { kind: 'fail', why: 'the function failed' }
    case 'recursionStopped':
      return { kind: 'fail', why: 'the function runs in a loop and was stopped' }
    case 'success':
      return facts.reportsItemFailures ? decideByResponse(facts) : { kind: 'commit', left: [] }
  }
}

function decideByResponse({ response, positions }: MessagesFacts): MessagesDecision {
  const reported = reportedFailures(response)
  if (typeof reported === 'string') return { kind: 'fail', why: reported }
  for (const { partition, offset } of reported)
    if (!positions.some((position) => position?.partition === partition && position.offset === offset))
      return { kind: 'fail', why: `itemIdentifier ${partition} ${offset} is not in the batch` }
  const left = positions.flatMap((position, index) => (isHeldUp(position, reported) ? [index] : []))
  return left.length === positions.length && left.length > 0
    ? { kind: 'fail', why: 'the function named the first record of each partition' }
    : { kind: 'commit', left }
}

const isHeldUp = (position: RecordPosition | undefined, reported: readonly RecordPosition[]): boolean =>
  reported.some(({ partition, offset }) => position?.partition === partition && position.offset >= offset)

/** The positions in `batchItemFailures`, or a sentence saying why the response means "everything failed". */
function reportedFailures(response: string): readonly RecordPosition[] | string {
  let parsed: unknown
  try {
    parsed = response === '' ? null : JSON.parse(response)
  } catch {
    return 'the response is not JSON'
  }
  if (!isRecord(parsed)) return []
  const items = parsed['batchItemFailures']
  if (items === null || items === undefined) return []
  if (!Array.isArray(items)) return 'batchItemFailures is not a list'
  const positions = (items as unknown[]).map(positionIn)
  return positions.every((position) => position !== undefined)
    ? positions
    : 'an entry of batchItemFailures has no itemIdentifier with partition and offset'
}

function positionIn(item: unknown): RecordPosition | undefined {
  const identifier = isRecord(item) ? item['itemIdentifier'] : undefined
  if (!isRecord(identifier)) return undefined
  const { partition, offset } = identifier
  const isOffset = Number.isSafeInteger(offset) || (typeof offset === 'string' && /^\d+$/.test(offset))
  return typeof partition === 'string' && isOffset
    ? { partition, offset: BigInt(offset as number | string) }
    : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
