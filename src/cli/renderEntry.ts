import type { LedgerEntry } from '../system/index.ts'
import type { Colors } from './colors.ts'
import type { EntryHistory, InvocationPast } from './entryHistory.ts'
import { formatTook, formatWait } from './humanTime.ts'
import { parseLogText, shortPaths } from './logText.ts'
import { nounOfBatch, plural, shortArn } from './wording.ts'

/** How entries become lines. */
export interface EntryStyle {
  readonly colors: Colors
  /** Width of the column with the function's name. */
  readonly nameWidth: number
  readonly time: (atMs: number) => string
  /** Has seen all earlier entries. */
  readonly history: Pick<EntryHistory, 'of'>
  /** Shows the platform's own lines, acceptances and environments as well. */
  readonly isDetailed: boolean
  /** Left out of paths in stack traces. */
  readonly directory: string
}

type EntryOf<Kind extends LedgerEntry['kind']> = Extract<LedgerEntry, { kind: Kind }>

const TIME_WIDTH = '00:00:00.000'.length
const SHORT_ID_LENGTH = 8
const LONGEST_MESSAGE = 200

/** The lines that a person sees of an entry; none when it only matters in detail. */
export function renderEntry(entry: LedgerEntry, style: EntryStyle): string[] {
  const { colors } = style
  switch (entry.kind) {
    case 'invocationEnded':
      return [line(entry, entry.functionName, ended(entry, style), style)]
    case 'invocationThrottled':
      return [
        line(
          entry,
          entry.functionName,
          `${colors.yellow('!')} throttled: ${entry.reason}${id(entry, style)}`,
          style,
        ),
      ]
    case 'recursionStopped': {
      const text = `${colors.red('✗ stopped:')} this function ran too often in one chain of events`
      return [line(entry, entry.functionName, `${text}${id(entry, style)}`, style)]
    }
    case 'retryScheduled':
      return [line(entry, entry.functionName, `${colors.yellow('↻')} ${retry(entry, style)}`, style)]
    case 'eventGivenUp':
      return [
        line(
          entry,
          entry.functionName,
          `${colors.red('✗ given up:')} ${entry.condition}${id(entry, style)}`,
          style,
        ),
      ]
    case 'delivered':
      return [
        line(
          entry,
          entry.functionName,
          `${colors.cyan('→')} ${roles[entry.role]} ${colors.bold(shortArn(entry.arn))}${id(entry, style)}`,
          style,
        ),
      ]
    case 'deliveryFailed': {
      const text = `${colors.red('✗')} ${roles[entry.role]} ${shortArn(entry.arn)} failed: ${entry.reason}`
      return [line(entry, entry.functionName, `${text}${id(entry, style)}`, style)]
    }
    case 'batchEnded':
      return entry.left === 0 && !style.isDetailed
        ? []
        : [line(entry, entry.functionName, batchEnded(entry, style), style)]
    case 'messagesFiltered': {
      const text = `${plural(entry.messageIds.length, 'message')} from ${queueName(entry.queue)} matched no filter: deleted`
      return [line(entry, entry.functionName, `${colors.dim('·')} ${text}`, style)]
    }
    case 'streamBatchEnded':
      return entry.left === 0 && !style.isDetailed
        ? []
        : [line(entry, entry.functionName, streamBatchEnded(entry, style), style)]
    case 'streamRecordsGivenUp': {
      const text = `${plural(entry.records, 'record')} of ${shardName(entry)} given up: ${entry.condition}`
      return [line(entry, entry.functionName, `${colors.red('✗')} ${text}${id(entry, style)}`, style)]
    }
    case 'streamRecordsFiltered': {
      const text = `${plural(entry.records, 'record')} of ${shardName(entry)} matched no filter: passed over`
      return [line(entry, entry.functionName, `${colors.dim('·')} ${text}`, style)]
    }
    case 'messagesDeadLettered': {
      const moved = `${plural(entry.messageIds.length, 'message')} of ${shortArn(entry.queue)}, received too often,`
      return [line(entry, '', `${colors.cyan('→')} ${moved} to ${colors.bold(entry.deadLetterQueue)}`, style)]
    }
    case 'handOverFailed': {
      const text = `${colors.red('✗')} ${shortArn(entry.from)} could not reach ${colors.bold(shortArn(entry.to))}: ${entry.reason}`
      return [line(entry, '', `${text}  ${colors.dim(shortId(entry.messageId))}`, style)]
    }
    case 'messagesMoved': {
      const moved = `${plural(entry.moves.length, 'message')} of ${entry.from} back to ${colors.bold(entry.to)}`
      return [line(entry, '', `${colors.cyan('→')} ${moved}`, style)]
    }
    case 'moveTaskEnded':
      return entry.status === 'COMPLETED'
        ? []
        : [line(entry, '', `${colors.red('✗')} ${moveTaskEnded(entry)}`, style)]
    case 'replayed': {
      const text = `${colors.cyan('▸')} replays ${colors.dim(shortId(entry.of))}${id(entry, style)}`
      return [line(entry, entry.functionName, text, style)]
    }
    case 'messageSent': {
      const text = `${plural(entry.messageIds.length, 'message')} into ${entry.queue}`
      return detail(entry, '', `${text}  ${ids(entry.messageIds, style)}`, style)
    }
    case 'recordsPut':
      return detail(entry, '', `${plural(entry.records, 'record')} into ${shardName(entry)}`, style)
    case 'messagePublished': {
      const text = `published to ${shortArn(entry.topic)}, for ${plural(entry.endpoints.length, 'endpoint')}`
      return detail(entry, '', `${text}  ${ids([entry.messageId], style)}`, style)
    }
    case 'eventPut': {
      const text = `event ${entry.source} ${entry.detailType} on ${shortArn(entry.bus)}, for ${plural(entry.rules.length, 'rule')}`
      return detail(entry, '', `${text}  ${ids([entry.eventId], style)}`, style)
    }
    case 'objectChanged':
      return detail(entry, '', `${entry.event} ${entry.bucket}/${entry.key}`, style)
    case 'logLine':
      return entry.source === 'platform' && !style.isDetailed ? [] : logLines(entry, style)
    case 'functionChanged':
      return [
        line(
          entry,
          '',
          `${colors.green('✓')} ${colors.bold(entry.functionName)} ${entry.change} over the API`,
          style,
        ),
      ]
    case 'deployed':
      return entry.generation === 1 && !style.isDetailed
        ? []
        : [line(entry, '', `${colors.green('✓')} ${deployed(entry, colors)}`, style)]
    case 'deployFailed':
      return [
        line(
          entry,
          '',
          `${colors.red('✗')} ${colors.bold(entry.functionName)} cannot be loaded: ${shortPaths(entry.message, style.directory)}`,
          style,
        ),
        ...frameLines(entry.frame, style),
      ]
    case 'executorCrashed':
      return [line(entry, '', `${colors.red('✗ executor crashed')} ${crash(entry)}`, style)]
    case 'specApplied':
      return entry.changes.map((change) =>
        line(entry, '', `${colors.green('✓')} lambda.yml: ${change}`, style),
      )
    case 'specRefused':
      return [
        line(entry, '', `${colors.red('✗')} lambda.yml was not applied, what ran before goes on:`, style),
        ...entry.message.split('\n').map((text) => `  ${text}`.trimEnd()),
      ]
    case 'invocationAccepted':
      return detail(entry, entry.functionName, `accepted, ${doorText(entry)}${id(entry, style)}`, style)
    case 'batchTaken': {
      const text = `took ${plural(entry.messageIds.length, 'message')} from ${shortArn(entry.queue)}`
      return detail(entry, entry.functionName, `${text}${id(entry, style)}`, style)
    }
    case 'streamBatchTaken': {
      const text = `took ${plural(entry.records, 'record')} from ${shardName(entry)}`
      return detail(entry, entry.functionName, `${text}${id(entry, style)}`, style)
    }
    case 'environmentStarted': {
      const text = `environment ${entry.environmentId} started in ${formatTook(entry.initMs)}`
      return detail(entry, entry.functionName, text, style)
    }
    case 'environmentEnded':
      return detail(
        entry,
        entry.functionName,
        `environment ${entry.environmentId} ended: ${entry.reason}`,
        style,
      )
  }
}

/** Whether an entry tells of something that went wrong: all that `--quiet` leaves. */
export function isTrouble(entry: LedgerEntry): boolean {
  switch (entry.kind) {
    case 'invocationEnded':
      return entry.outcome !== 'success'
    case 'batchEnded':
    case 'streamBatchEnded':
      return entry.left > 0
    case 'invocationThrottled':
    case 'streamRecordsGivenUp':
    case 'messagesDeadLettered':
    case 'handOverFailed':
    case 'recursionStopped':
    case 'retryScheduled':
    case 'eventGivenUp':
    case 'deliveryFailed':
    case 'deployFailed':
    case 'executorCrashed':
    case 'specRefused':
      return true
    case 'moveTaskEnded':
      return entry.status === 'FAILED'
    case 'delivered':
      return entry.role !== 'onSuccess'
    default:
      return false
  }
}

const roles = { onSuccess: 'onSuccess to', onFailure: 'onFailure to', deadLetter: 'dead letter to' } as const

/** Time, name, text: the columns that all lines share. Without a name the text begins in its place. */
function line(entry: LedgerEntry, functionName: string, text: string, style: EntryStyle): string {
  const { colors, nameWidth, time } = style
  const name = functionName === '' ? '' : `${colors.bold(functionName.padEnd(nameWidth))}  `
  return `${colors.dim(time(entry.atMs))}  ${name}${text}`
}

function detail(entry: LedgerEntry, functionName: string, text: string, style: EntryStyle): string[] {
  return style.isDetailed ? [line(entry, functionName, `${style.colors.dim('·')} ${text}`, style)] : []
}

/** `✓ 12.40 ms  7f3a1c2e  cold start 85 ms  4 messages of orders` */
function ended(entry: EntryOf<'invocationEnded'>, style: EntryStyle): string {
  const { colors } = style
  const mark = entry.outcome === 'success' ? colors.green('✓') : colors.red('✗')
  const took = entry.outcome === 'systemError' ? '' : formatTook(entry.durationMs)
  const head = `${mark} ${took.padStart(10)}  ${colors.dim(shortId(entry.requestId))}`
  const past = style.history.of(entry.requestId)
  const notes = [
    ...(entry.initMs === undefined ? [] : [colors.magenta(`cold start ${formatTook(entry.initMs)}`)]),
    ...cameBy(past),
    ...(entry.attempt > 1 ? [colors.yellow(`attempt ${entry.attempt}`)] : []),
    ...errorText(entry, style),
  ]
  return [head, ...notes].join('  ')
}

function errorText(entry: EntryOf<'invocationEnded'>, { colors, directory }: EntryStyle): string[] {
  if (entry.outcome === 'success') return []
  const [first = '', ...more] = shortPaths(entry.errorMessage ?? '', directory).split('\n')
  const isCut = more.length > 0 || first.length > LONGEST_MESSAGE
  const message = `${first.slice(0, LONGEST_MESSAGE)}${isCut ? ' …' : ''}`
  const type = entry.errorType ?? 'Error'
  return [message === '' ? colors.red(type) : `${colors.red(`${type}:`)} ${message}`]
}

/** How an invocation came, unless someone called and waits for the answer. */
function cameBy(past: InvocationPast): string[] {
  if (past.batch) return [batchText(past.batch)]
  if (past.door !== undefined && !callers.has(past.door)) return [doorNames[past.door] ?? past.door]
  return past.isAsynchronous ? ['asynchronous'] : []
}

/** Doors at which someone calls and gets the answer: nothing that needs saying. */
const callers = new Set(['api', 'code'])
const doorNames: Readonly<Record<string, string>> = { functionUrl: 'function URL' }

const doorText = (entry: EntryOf<'invocationAccepted'>): string =>
  `${entry.invocationType === 'Event' ? 'asynchronous' : 'synchronous'}, by ${doorNames[entry.door] ?? entry.door}`

const queueName = (arn: string): string => arn.split(':').at(-1) ?? arn

/** `retry 2 of 2 in 60 s`; setbacks that are no fault of the function use up no retry. */
function retry(entry: EntryOf<'retryScheduled'>, style: EntryStyle): string {
  const wait = `in ${formatWait(entry.dueMs - entry.atMs)}`
  if (entry.why !== 'functionError') {
    const why = entry.why === 'throttled' ? 'throttled' : 'not the function’s fault'
    return `again ${wait} (${why})${id(entry, style)}`
  }
  const { attempt } = style.history.of(entry.requestId)
  const { mostRetries: most } = entry
  const of = attempt === undefined || most === undefined ? '' : ` of ${most}`
  return `${style.colors.yellow(`retry${attempt === undefined ? '' : ` ${attempt}`}${of}`)} ${wait}${id(entry, style)}`
}

/** `4 messages from orders`, `100 records from kinesis:clicks`. */
function batchText({ queue, messages }: { queue: string; messages: number }): string {
  const noun = nounOfBatch(queue)
  return `${plural(messages, noun)} from ${noun === 'record' ? shortArn(queue) : queueName(queue)}`
}

function streamBatchEnded(entry: EntryOf<'streamBatchEnded'>, style: EntryStyle): string {
  const shard = shardName(entry)
  if (entry.left === 0) return `${style.colors.dim('·')} ${plural(entry.done, 'record')} of ${shard} done`
  const done = entry.done === 0 ? '' : `, ${entry.done} done`
  return `${style.colors.yellow('↻')} ${style.colors.yellow(`${plural(entry.left, 'record')} left`)} of ${shard}${done}: ${entry.why}${id(entry, style)}`
}

/** `kinesis:clicks shardId-000000000000`. */
const shardName = ({ stream, shardId }: { stream: string; shardId: string }): string =>
  `${shortArn(stream)} ${shardId}`

function batchEnded(entry: EntryOf<'batchEnded'>, style: EntryStyle): string {
  const queue = queueName(entry.queue)
  if (entry.left === 0)
    return `${style.colors.dim('·')} ${plural(entry.removed, 'message')} from ${queue} done`
  const why = entry.why === '' ? '' : `: ${entry.why}`
  const done = entry.removed === 0 ? '' : `, ${entry.removed} done`
  return `${style.colors.yellow('↻')} ${style.colors.yellow(`${plural(entry.left, 'message')} left`)} in ${queue}${done}${why}${id(entry, style)}`
}

function moveTaskEnded({ queue, status, moved, failureReason }: EntryOf<'moveTaskEnded'>): string {
  const how = status === 'CANCELLED' ? 'was cancelled' : `failed: ${failureReason}`
  return `redrive of ${queue} ${how}, after ${plural(moved, 'message')}`
}

const deployed = (entry: EntryOf<'deployed'>, colors: Colors): string =>
  `${entry.generation === 1 ? 'loaded' : 'reloaded'} ${colors.bold(entry.functionName)} in ${formatTook(entry.tookMs)}`

/** Handlers' lines are indented under the name, so that invocations stand out. */
function logLines(entry: EntryOf<'logLine'>, style: EntryStyle): string[] {
  const { colors, nameWidth } = style
  const { level, lines } = parseLogText(entry.text, style.directory)
  const paint = painters[level] ?? 'reset'
  const label = level === '' || level === 'INFO' ? '' : `${colors[paint](level)} `
  const margin = `${' '.repeat(TIME_WIDTH)}  ${colors.dim(entry.functionName.padEnd(nameWidth))}  ${colors.dim('│')} `
  return lines.map((text, index) =>
    `${margin}${index === 0 ? label : ''}${text.replaceAll('\t', '  ')}`.trimEnd(),
  )
}

const painters: Readonly<Record<string, 'red' | 'yellow' | 'dim'>> = {
  FATAL: 'red',
  ERROR: 'red',
  WARN: 'yellow',
  DEBUG: 'dim',
  TRACE: 'dim',
}

function crash({ signal, suspects }: EntryOf<'executorCrashed'>): string {
  if (suspects.length === 0) return `(${signal}); another has taken over`
  const who = suspects.join(', ')
  return `(${signal}) while running ${who}; from now on ${suspects.length === 1 ? 'it runs' : 'each of them runs'} in a process of its own`
}

function frameLines(frame: string, { colors, directory }: EntryStyle): string[] {
  if (frame.trim() === '') return []
  const lines = shortPaths(frame, directory).trimEnd().split('\n')
  return lines.map((text) => `  ${/^[\s|│╵]*[\^~]+$/.test(text) ? colors.red(text) : text}`.trimEnd())
}

const id = (entry: { readonly requestId: string }, { colors }: EntryStyle): string =>
  `  ${colors.dim(shortId(entry.requestId))}`

const MOST_IDS = 3

const ids = (all: readonly string[], { colors }: EntryStyle): string =>
  colors.dim(`${all.slice(0, MOST_IDS).map(shortId).join(' ')}${all.length > MOST_IDS ? ' …' : ''}`)

/** Enough to tell invocations apart, and to name one in `lambent logs --invocation`. */
const shortId = (requestId: string): string => requestId.slice(0, SHORT_ID_LENGTH)
