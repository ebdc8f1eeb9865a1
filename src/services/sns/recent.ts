import type { MessageAttributes } from './messageAttributes.ts'

/** A message that was published, for tests and the console. */
export interface RecentMessage {
  readonly messageId: string
  /** As it was published. */
  readonly message: string
  readonly subject: string | undefined
  readonly attributes: MessageAttributes
  readonly publishedMs: number
  /** The invocation that published it, if a handler did; whatever else led to it otherwise. */
  readonly cause: string | undefined
}

const mostMessages = 1_000
/** A thousand large messages would be a quarter of a gigabyte. */
const mostBytes = 8 * 1024 * 1024

/** The latest messages of each topic, kept in memory. */
export class RecentMessages {
  readonly #byTopic = new Map<string, { messages: RecentMessage[]; bytes: number }>()

  add(topicArn: string, message: RecentMessage): void {
    const kept = this.#byTopic.get(topicArn) ?? { messages: [], bytes: 0 }
    this.#byTopic.set(topicArn, kept)
    kept.messages.push(message)
    kept.bytes += message.message.length
    while (kept.messages.length > mostMessages || (kept.bytes > mostBytes && kept.messages.length > 1))
      kept.bytes -= kept.messages.shift()?.message.length ?? 0
  }

  /** The latest, oldest first. */
  of(topicArn: string, limit: number): RecentMessage[] {
    return limit > 0 ? (this.#byTopic.get(topicArn)?.messages.slice(-limit) ?? []) : []
  }

  forget(topicArn: string): void {
    this.#byTopic.delete(topicArn)
  }

  clear(): void {
    this.#byTopic.clear()
  }
}
