import type { CauseNode, EffectNode, EventLife, LifeNode, LifeStep } from '../api/index.ts'
import type { Colors } from './colors.ts'
import { formatTook } from './humanTime.ts'
import { parseLogText, shortPaths } from './logText.ts'
import { distance, doorText, outcomeText, shortId } from './renderInvocation.ts'
import { plural, shortArn } from './wording.ts'

export interface LifeStyle {
  readonly colors: Colors
  readonly time: (atMs: number) => string
  /** Left out of paths in stack traces. */
  readonly directory: string
}

/** The whole life of an event: what it is, what led to it, what happened to it, what it led to. */
export function renderLife(life: EventLife, style: LifeStyle): string[] {
  const { colors } = style
  return [
    ...headLines(life, style),
    ...section('caused by', causeLines(life.causedBy, style, 1), colors),
    ...section(
      'what happened',
      life.steps.flatMap((step) => stepLines(step, style)),
      colors,
    ),
    ...section('led to', effectLines(life.caused, style, 1), colors),
    ...(life.isCut ? ['', colors.dim('there are more causes and effects than are shown')] : []),
  ]
}

function section(title: string, lines: readonly string[], colors: Colors): string[] {
  return lines.length === 0 ? [] : ['', colors.dim(title), ...lines]
}

function headLines(life: EventLife, style: LifeStyle): string[] {
  const { colors, time } = style
  const one = life.invocation
  if (!one) return [`${nodeText(life, style)}  ${colors.dim(life.id)}`]
  const kind = one.invocationType === 'Event' ? 'asynchronous' : 'synchronous'
  const replay = one.replayOf === undefined ? '' : `, a replay of ${shortId(one.replayOf)}`
  return [
    `${colors.bold(one.functionName)}  ${colors.dim(one.requestId)}  ${outcomeText(one, time)}`,
    `${kind}, by ${one.batch ? doorText(one) : one.door}${replay}; accepted ${time(one.acceptedMs)}; ${payloadText(one)}`,
  ]
}

function payloadText({ payloadBytes, payloadKept }: NonNullable<LifeNode['invocation']>): string {
  const size = `event of ${plural(payloadBytes, 'byte')}`
  if (payloadKept === 'always') return size
  return `${size}, ${payloadKept === 'never' ? 'not kept' : 'kept while it is queued'}`
}

const indent = (depth: number): string => '  '.repeat(depth)

/** The nearest cause first, its own causes further in. */
const causeLines = (nodes: readonly CauseNode[], style: LifeStyle, depth: number): string[] =>
  nodes.flatMap((node) => [
    `${indent(depth)}${nodeText(node, style)}`,
    ...causeLines(node.causedBy, style, depth + 1),
  ])

const effectLines = (nodes: readonly EffectNode[], style: LifeStyle, depth: number): string[] =>
  nodes.flatMap((node) => [
    `${indent(depth)}${nodeText(node, style)}${node.isRepeated ? style.colors.dim('  see above') : ''}`,
    ...effectLines(node.caused, style, depth + 1),
  ])

function nodeText(node: LifeNode, style: LifeStyle): string {
  const { colors, time } = style
  const id = colors.dim(shortId(node.id))
  const lost = (node.notReached ?? []).map(({ to }) => colors.red(`  ✗ ${shortArn(to)} not reached`)).join('')
  if (node.invocation) {
    const { functionName } = node.invocation
    return `${colors.bold(functionName)}  ${id}  ${outcomeText(node.invocation, time)}`
  }
  if (node.queues) return `message ${id} in ${colors.bold(node.queues.join(' → '))}${lost}`
  if (node.publication) {
    const { topic, endpoints } = node.publication
    return `message ${id} published to ${colors.bold(shortArn(topic))}, for ${plural(endpoints.length, 'endpoint')}${lost}`
  }
  if (node.busEvent) {
    const { bus, source, detailType, rules } = node.busEvent
    return `event ${id} ${source} ${detailType} on ${colors.bold(shortArn(bus))}, for ${plural(rules.length, 'rule')}${lost}`
  }
  if (node.objectChange) {
    const { bucket, key, event } = node.objectChange
    return `${event} ${id} of ${colors.bold(`${bucket}/${key}`)}${lost}`
  }
  return `${id} ${colors.dim('of which nothing more is known')}`
}

function stepLines(step: LifeStep, style: LifeStyle): string[] {
  const { colors, time } = style
  const line = (text: string): string => `  ${colors.dim(time(step.atMs))}  ${text}`
  switch (step.kind) {
    case 'attempt':
      return [line(attemptText(step, style)), ...logLines(step.log, style)]
    case 'log':
      return logLines(step.log, style)
    case 'throttled':
      return [line(colors.yellow(`! throttled: ${step.reason}`))]
    case 'retry':
      return [
        line(colors.yellow(`↻ again ${time(step.dueMs)}, ${distance(step.dueMs, step.atMs)} (${step.why})`)),
      ]
    case 'givenUp':
      return [line(colors.red(`✗ given up: ${step.condition}`))]
    case 'delivered':
      return [line(`${colors.cyan('→')} ${step.role} to ${colors.bold(shortArn(step.arn))}`)]
    case 'deliveryFailed':
      return [line(colors.red(`✗ ${step.role} to ${shortArn(step.arn)} failed: ${step.reason}`))]
    case 'batchEnded': {
      const left = step.left === 0 ? '' : `, ${step.left} left${step.why === '' ? '' : `: ${step.why}`}`
      return [line(`${plural(step.removed, 'message')} done${left}`)]
    }
    case 'streamBatchEnded': {
      const left = step.left === 0 ? '' : `, ${step.left} left: ${step.why}`
      return [line(`${plural(step.done, 'record')} of ${step.shardId} done${left}`)]
    }
    case 'sent':
      return [line(`sent to ${colors.bold(step.queue)}`)]
    case 'taken':
      return [line(`taken by ${colors.bold(step.functionName)}  ${colors.dim(shortId(step.requestId))}`)]
    case 'filtered':
      return [line(`matches no filter of ${colors.bold(step.functionName)}: deleted`)]
    case 'deadLettered':
      return [line(colors.yellow(`received too often: to ${step.queue}`))]
    case 'moved':
      return [line(`moved to ${colors.bold(step.queue)} as ${colors.dim(shortId(step.newMessageId))}`)]
    case 'notReached':
      return [line(colors.red(`✗ could not reach ${shortArn(step.to)}: ${step.reason}`))]
    case 'replayed':
      return [line(`replayed as ${colors.dim(shortId(step.requestId))}`)]
  }
}

function attemptText(step: LifeStep & { kind: 'attempt' }, { colors, directory }: LifeStyle): string {
  const mark = step.outcome === 'success' ? colors.green('✓') : colors.red('✗')
  const took = step.outcome === 'systemError' ? '' : `  ${formatTook(step.durationMs)}`
  const cold = step.initMs === undefined ? '' : colors.magenta(`  cold start ${formatTook(step.initMs)}`)
  const [message = ''] = shortPaths(step.error?.message ?? '', directory).split('\n')
  const error = step.error ? `  ${colors.red(`${step.error.type}:`)} ${message}` : ''
  return `${mark} attempt ${step.attempt}${took}${cold}${error}`
}

/** Handlers' lines; of the platform's only those that say more than the step itself. */
function logLines(
  log: readonly { readonly source: string; readonly text: string }[],
  { colors, directory }: LifeStyle,
): string[] {
  return log.flatMap(({ text }) => {
    const { level, lines } = parseLogText(text, directory)
    const label = level === '' || level === 'INFO' ? '' : `${level} `
    return lines.map((one, index) =>
      `    ${colors.dim('│')} ${index === 0 ? label : ''}${one.replaceAll('\t', '  ')}`.trimEnd(),
    )
  })
}
