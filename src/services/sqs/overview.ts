import { bodyOf, metaOf, systemAttributesOf } from './message.ts'
import type { MessageAttributes } from './messageAttributes.ts'
import type { Queue, Queues } from './queues.ts'

/** A message in a queue, as it can be seen without receiving it. */
export interface SeenMessage {
  readonly messageId: string
  readonly body: string
  /** Message attributes as `{ name: value }`; binary values in base64. */
  readonly attributes: Readonly<Record<string, string>>
  /** What `ReceiveMessage` would show; every value is text. */
  readonly systemAttributes: Readonly<Record<string, string>>
  readonly receiveCount: number
  /** `blocked`: an earlier message of its group is not visible, so it is not offered either. */
  readonly state: 'visible' | 'inFlight' | 'delayed' | 'blocked'
  readonly sentMs: number
  /** When it becomes visible, or became so; clock time. */
  readonly visibleMs: number
}

/** The first messages of a queue in order of arrival, received or not; nothing is touched. */
export function lookInto({ edges }: Queues, queue: Queue, limit: number): SeenMessage[] {
  const nowMs = edges.clock.now()
  const blockedGroups = new Set<string>()
  return edges.store.peek(queue.items, limit).map((item) => {
    const isDue = item.dueMs <= nowMs
    const isBlocked = isDue && item.group !== undefined && blockedGroups.has(item.group)
    if (!isDue && item.group !== undefined) blockedGroups.add(item.group)
    return {
      messageId: item.id,
      body: bodyOf(item),
      attributes: plainAttributes(metaOf(item).attributes ?? {}),
      systemAttributes: systemAttributesOf(item, edges.identity.accountId),
      receiveCount: item.claims,
      state: isBlocked ? 'blocked' : isDue ? 'visible' : item.claims > 0 ? 'inFlight' : 'delayed',
      sentMs: item.enqueuedMs,
      visibleMs: item.dueMs,
    }
  })
}

/** `{ name: value }`; binary values in base64. */
export const plainAttributes = (attributes: MessageAttributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValue, BinaryValue }]) => [
      name,
      StringValue ?? BinaryValue ?? '',
    ]),
  )
