import { reportedFailures } from './itemFailures.ts'

/** What the decision needs to know of an invocation that has just ended. */
export interface BatchFacts {
  readonly outcome: 'success' | 'functionError' | 'throttled' | 'systemError' | 'recursionStopped'
  /** JSON text that the function answered, when it succeeded. */
  readonly response: string
  readonly reportsItemFailures: boolean
  /** The batch's record names, in order. */
  readonly ids: readonly string[]
}

export type BatchDecision =
  /** These are done; `failed` stay in the queue until they become visible again. */
  | { readonly kind: 'commit'; readonly done: readonly string[]; readonly failed: readonly string[] }
  /** Nothing is done, and the source slows down. */
  | { readonly kind: 'fail'; readonly why: string }
  /** Lambda refused to run the function: the same batch again, as long as it is ours. */
  | { readonly kind: 'again' }

/**
 * What becomes of a batch (Lambda Developer Guide, "Handling errors for an SQS event source" and "Reporting batch item
 * failures"). A response that names no failures is a success; one that cannot be understood fails the whole batch.
 */
export function decideBatch(facts: BatchFacts): BatchDecision {
  switch (facts.outcome) {
    case 'throttled':
    case 'systemError':
      return { kind: 'again' }
    case 'functionError':
      return { kind: 'fail', why: 'the function failed' }
    case 'recursionStopped':
      return { kind: 'fail', why: 'the function runs in a loop and was stopped' }
    case 'success':
      return facts.reportsItemFailures
        ? decideByResponse(facts)
        : { kind: 'commit', done: facts.ids, failed: [] }
  }
}

function decideByResponse({ response, ids }: BatchFacts): BatchDecision {
  const reported = reportedFailures(response)
  if (typeof reported === 'string') return { kind: 'fail', why: reported }
  const failed = new Set(reported)
  const known = new Set(ids)
  for (const id of failed)
    if (!known.has(id)) return { kind: 'fail', why: `itemIdentifier ${id} is not in the batch` }
  return {
    kind: 'commit',
    done: ids.filter((id) => !failed.has(id)),
    failed: ids.filter((id) => failed.has(id)),
  }
}
