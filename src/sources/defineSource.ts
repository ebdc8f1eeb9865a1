import type { Fact, Question } from '../services/signals.ts'
import type { EventFragment } from '../spec/index.ts'
import type { JsonValue } from '../system/index.ts'

/** What an event may need to know that is neither in the signal nor in the configuration. */
export interface AwsContext {
  readonly accountId: string
  readonly region: string
  /** The clock's time, epoch milliseconds. */
  readonly nowMs: number
  /** The id of the invocation that this event is for. */
  readonly requestId: string
  /** A fresh identifier. */
  uuid(): string
}

/** How an invocation ended, as far as an answer depends on it. */
export type ReplyOutcome =
  | {
      readonly kind: 'success'
      readonly payload: Uint8Array
      /** What a streaming handler chose; JSON where it is absent. */
      readonly contentType?: string
    }
  | { readonly kind: 'functionError'; readonly payload: Uint8Array }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'recursionStopped' }
  | { readonly kind: 'systemError' }

/** One place in `lambda.yml` (or one API call) that wants a function invoked. */
export interface Trigger<Config = unknown> {
  /** Stays the same while the spec's entry does: `checkout/schedule/0`. */
  readonly id: string
  readonly functionName: string
  /** A version or an alias; `$LATEST` when absent. */
  readonly qualifier?: string
  readonly source: string
  readonly config: Config
}

/** What `lambda.yml` may say below the source's key; see `spec/`. */
export type ConfigFragment = Omit<EventFragment, 'name' | 'examples'>

interface Described<Config, Detail> {
  /** The key under `events:`. */
  readonly name: string
  readonly config: ConfigFragment
  /** Allowed configurations; checked by the shared suite. */
  readonly examples: readonly Config[]
  /** Is this signal for this trigger? */
  matches(trigger: Trigger<Config>, detail: Detail): boolean
  /** The JSON that AWS would send. Pure: time and ids come from `aws`. */
  event(detail: Detail, aws: AwsContext, trigger: Trigger<Config>): JsonValue
  /** A detail to start from when sending by hand. */
  readonly sample: Detail
}

/** A source that tells a fact: its functions run asynchronously and nobody waits. */
export interface FactSource<Config, Detail> extends Described<Config, Detail> {
  readonly on: Fact<Detail>
  readonly reply?: never
}

/** A source that asks a question: its function runs synchronously, and `reply` says what the answer means. */
export interface QuestionSource<Config, Detail, Reply> extends Described<Config, Detail> {
  readonly on: Question<Detail, Reply>
  reply(outcome: ReplyOutcome, detail: Detail): Reply
  /** Who takes the function's answer as it comes, if anybody does. */
  stream?(detail: Detail): AnswerStream | undefined
}

/** Takes an answer piece by piece. */
export interface AnswerStream {
  begin(head: { readonly contentType: string }): void
  /** Resolves, or returns, when the next piece may come. */
  write(chunk: Uint8Array): void | Promise<void>
}

/** Any source, once its own types are of no more interest. */
// oxlint-disable-next-line typescript/no-explicit-any -- the one place where sources of all types meet (style.md, section 5)
export type AnySource = FactSource<any, any> | QuestionSource<any, any, any>

/**
 * Describes an event source as a value: when it happens (`on`), for whom (`matches`), what the event looks like, and,
 * if someone waits, what an answer means. Nothing in it has a life of its own.
 */
export function defineSource<Config, Detail>(source: FactSource<Config, Detail>): FactSource<Config, Detail>
export function defineSource<Config, Detail, Reply>(
  source: QuestionSource<Config, Detail, Reply>,
): QuestionSource<Config, Detail, Reply>
export function defineSource(source: AnySource): AnySource {
  return source
}
