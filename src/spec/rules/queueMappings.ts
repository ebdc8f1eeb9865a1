import { DEFAULTS, QUEUE_DEFAULTS } from '../defaults.ts'
import { areQueuesForeign } from '../foreign.ts'
import { lineAndColumn } from '../source.ts'
import type { EventFragment } from '../schema/event.ts'
import type { EventSpec, FunctionSpec, QueueSpec } from '../types.ts'
import { below, queuePointer, type Rule, type RuleContext } from './rule.ts'

/** AWS's advice: a message must outlast the retries of its batch. */
const ADVISED_FACTOR = 6
/** Batches that a mapping without `maximumConcurrency` has with the function before it has grown. */
const FIRST_BATCHES = 5
/** Above this, AWS wants a batching window. */
const MOST_WITHOUT_WINDOW = 10

/** Rules between a queue and the function that reads it, in AWS's words. */
export function queueMappings(fragments: readonly EventFragment[]): Rule {
  const queueKeys = new Map(
    fragments.map(({ name, reads }) => [name, reads?.kind === 'queue' ? reads.keys[0] : undefined]),
  )
  return (context) => {
    const queues = new Map(context.spec.queues.map((queue) => [queue.arn, queue]))
    for (const each of context.spec.functions) {
      const seen = new Map<QueueSpec, EventSpec>()
      let batches = 0
      for (const event of each.events) {
        const key = queueKeys.get(event.source)
        const queue = key === undefined ? undefined : queues.get(String(event.config[key]))
        if (queue === undefined) continue
        // A foreign queue's own timeout is not in the spec.
        if (!areQueuesForeign(context.spec)) checkVisibility(each, event, queue, context)
        if (queue.fifo) checkFifo(event, context)
        else checkWindow(event, context)
        checkDuplicate(each, event, queue, seen.get(queue), context)
        seen.set(queue, event)
        batches += batchesOf(event, queue)
      }
      checkReserved(each, batches, context)
    }
  }
}

function checkVisibility(
  each: FunctionSpec,
  event: EventSpec,
  queue: QueueSpec,
  { root, report }: RuleContext,
): void {
  const { timeoutSeconds } = each
  const { visibilityTimeoutSeconds, name } = queue
  const advised = timeoutSeconds * ADVISED_FACTOR
  if (visibilityTimeoutSeconds >= advised) return
  // Defaults on both sides are nobody's mistake.
  if (
    visibilityTimeoutSeconds === QUEUE_DEFAULTS.visibilityTimeoutSeconds &&
    timeoutSeconds === DEFAULTS.timeoutSeconds
  )
    return
  const setting = `\`resources.queues.${name}.visibilityTimeout\``
  const place = placeOfVisibility(queue, event, root)
  if (visibilityTimeoutSeconds < timeoutSeconds) {
    const message = `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`
    const hint = `expected ${setting} of at least ${timeoutSeconds} (better ${advised}), or a shorter \`timeout\` of \`${each.key}\``
    report.problem(place, message, hint)
    return
  }
  const message = `the visibility timeout of \`${name}\` (${visibilityTimeoutSeconds} s) is less than six times the timeout of \`${each.key}\` (${timeoutSeconds} s)`
  report.warning(
    place,
    message,
    `AWS advises ${setting} of at least ${advised}, so that no message comes back while it is worked on`,
  )
}

function placeOfVisibility({ isDeclared, name }: QueueSpec, event: EventSpec, root: RuleContext['root']) {
  return isDeclared
    ? below(root, queuePointer(name), 'visibilityTimeout')
    : below(root, event.pointer, 'queue')
}

function checkWindow({ config, pointer }: EventSpec, { root, report }: RuleContext): void {
  const { batchSize, maximumBatchingWindow = 0 } = config
  if (typeof batchSize !== 'number' || batchSize <= MOST_WITHOUT_WINDOW || maximumBatchingWindow !== 0) return
  const message =
    'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10'
  report.problem(
    below(root, pointer, 'batchSize'),
    message,
    'expected `maximumBatchingWindow: 1` or more, or a `batchSize` of at most 10',
  )
}

function checkFifo({ config, pointer }: EventSpec, { root, report }: RuleContext): void {
  const { batchSize, maximumBatchingWindow = 0 } = config
  if (maximumBatchingWindow !== 0) {
    const place = below(root, pointer, 'maximumBatchingWindow')
    const message = 'Batching window is not supported for FIFO queues'
    report.problem(place, message, 'expected no `maximumBatchingWindow`, or a standard queue')
  }
  if (typeof batchSize !== 'number' || batchSize <= MOST_WITHOUT_WINDOW) return
  const place = below(root, pointer, 'batchSize')
  const message = `a batch of a FIFO queue has at most ${MOST_WITHOUT_WINDOW} messages`
  report.problem(place, message, `expected a \`batchSize\` of at most ${MOST_WITHOUT_WINDOW}`)
}

/** Batches that come at once, as far as one can say beforehand. */
function batchesOf({ config }: EventSpec, queue: QueueSpec): number {
  const { maximumConcurrency, enabled } = config
  if (enabled === false) return 0
  if (typeof maximumConcurrency === 'number') return maximumConcurrency
  return queue.fifo ? 0 : FIRST_BATCHES
}

/** AWS receives before it asks for a place: what is refused until it is visible again was received for nothing. */
function checkReserved(
  { key, reservedConcurrency, pointer }: FunctionSpec,
  batches: number,
  { root, report }: RuleContext,
): void {
  if (reservedConcurrency === null || reservedConcurrency === 0 || reservedConcurrency >= batches) return
  report.warning(
    below(root, pointer, 'reservedConcurrency'),
    `the reserved concurrency of \`${key}\` (${reservedConcurrency}) is less than the batches of its queues that come at once (${batches})`,
    `AWS advises \`reservedConcurrency\` of at least ${batches}, or less \`maximumConcurrency\` at the queues: throttled batches use up receives`,
  )
}

function checkDuplicate(
  { name }: FunctionSpec,
  event: EventSpec,
  queue: QueueSpec,
  earlier: EventSpec | undefined,
  { root, report }: RuleContext,
): void {
  if (earlier === undefined) return
  const { line } = lineAndColumn(below(root, earlier.pointer))
  const message = `An event source mapping with SQS arn (" ${queue.arn} ") and function (" ${name} ") already exists.`
  report.problem(
    below(root, event.pointer),
    message,
    `expected one event for each queue: the first is on line ${line}`,
  )
}
