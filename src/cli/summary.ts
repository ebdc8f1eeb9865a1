import path from 'node:path'
import type { App } from '../api/index.ts'
import type { EventSpec, FunctionSpec, QueueSpec, Spec } from '../spec/types.ts'
import type { Colors } from './colors.ts'
import { formatWait } from './humanTime.ts'
import { shortArn } from './wording.ts'

type Summarised = Pick<App, 'url' | 'spec' | 'status'>

/** What runs now, told at the start: service, functions, queues, and how to point an SDK here. */
export function startSummary(app: Summarised, colors: Colors, workingDirectory = process.cwd()): string[] {
  const spec = app.spec()
  const { clock, functions } = app.status()
  const file = path.relative(workingDirectory, spec.file)
  const time = clock.mode === 'live' ? '' : `, clock ${clock.mode === 'frozen' ? 'frozen' : `${clock.mode}x`}`
  const urls = new Map(functions.map(({ name, url }) => [name, url]))
  return [
    `${colors.bold(spec.service)}  ${colors.dim(`${file.startsWith('..') ? spec.file : file}, ${spec.region}, account ${spec.accountId}${time}`)}`,
    ...section('functions', functionRows(spec, urls, colors), colors),
    ...section(queuesTitle(spec), queueRows(spec, colors), colors),
    ...section('topics', nameRows(spec.topics, colors), colors),
    ...section('event buses', nameRows(spec.buses, colors), colors),
    ...section('buckets', nameRows(spec.buckets, colors), colors),
    ...(spec.implied.length === 0 ? [] : ['', `created with AWS's defaults: ${spec.implied.join(', ')}`]),
    '',
    `export AWS_ENDPOINT_URL=${app.url}`,
  ]
}

/** The same for programs. */
export function startFacts(app: Summarised): object {
  const spec = app.spec()
  const { clock, functions, queues } = app.status()
  return {
    kind: 'started',
    service: spec.service,
    file: spec.file,
    region: spec.region,
    accountId: spec.accountId,
    clock,
    functions: functions.map(({ name, arn, runtime, handler, url }) => ({
      name,
      arn,
      runtime,
      handler,
      url,
    })),
    queues: queues.map(({ name, url, consumers }) => ({ name, url, consumers })),
    topics: spec.topics.map(({ name }) => name),
    buses: spec.buses.map(({ name }) => name),
    buckets: spec.buckets.map(({ name }) => name),
    implied: spec.implied,
  }
}

function section(title: string, rows: readonly string[], colors: Colors): string[] {
  return rows.length === 0 ? [] : ['', colors.dim(title), ...rows.map((row) => `  ${row}`.trimEnd())]
}

function functionRows(spec: Spec, urls: ReadonlyMap<string, string | null>, colors: Colors): string[] {
  const nameWidth = widest(spec.functions.map(({ name }) => name))
  const handlerWidth = widest(spec.functions.map(({ handler }) => handler))
  return spec.functions.flatMap((one) => {
    const name = colors.bold(one.name.padEnd(nameWidth))
    const url = urls.get(one.name)
    const row = `${name}  ${one.handler.padEnd(handlerWidth)}  ${sourcesOf(one).join(', ')}`
    const indent = ' '.repeat(nameWidth + 2)
    return url == null ? [row] : [row, `${indent}${colors.cyan(url)}`]
  })
}

function sourcesOf(one: FunctionSpec): string[] {
  return one.events.map(sourceText)
}

function sourceText({ source, config }: EventSpec): string {
  const off = config['enabled'] === false ? ' (disabled)' : ''
  const resource = config['queue'] ?? config['topic'] ?? config['bucket']
  if (typeof resource === 'string') return `${shortArn(resource)}${off}`
  const rate = config['rate']
  if (source === 'schedule') return `${[rate].flat().map(String).join(', ')}${off}`
  return `${source}${off}`
}

const hasForeignQueues = ({ endpoints }: Spec): boolean => (endpoints['sqs'] ?? 'embedded') !== 'embedded'

function queuesTitle(spec: Spec): string {
  if (!hasForeignQueues(spec)) return 'queues'
  return spec.endpoints['sqs'] === 'aws' ? 'queues of AWS' : `queues of ${spec.endpoints['sqs']}`
}

function queueRows(spec: Spec, colors: Colors): string[] {
  const nameWidth = widest(spec.queues.map(({ name }) => name))
  return spec.queues.map((queue) => {
    const readers = readersOf(queue, spec)
    const facts = [
      ...(readers.length === 0 ? [] : [`read by ${readers.join(', ')}`]),
      // How a foreign queue is set is not in the spec.
      ...(hasForeignQueues(spec) ? [] : settingsOf(queue)),
    ]
    return `${colors.bold(queue.name.padEnd(nameWidth))}  ${facts.join(', ')}`.trimEnd()
  })
}

const settingsOf = ({ visibilityTimeoutSeconds, redrive }: QueueSpec): string[] => [
  `visibility ${formatWait(visibilityTimeoutSeconds * 1_000)}`,
  ...(redrive ? [`after ${redrive.maxReceiveCount} receives to ${shortArn(redrive.deadLetterArn)}`] : []),
]

const nameRows = (resources: readonly { readonly name: string }[], colors: Colors): string[] =>
  resources.map(({ name }) => colors.bold(name))

const readersOf = (queue: QueueSpec, spec: Spec): string[] =>
  spec.functions.flatMap(({ name, events }) =>
    events.some(({ config }) => (config['queue'] ?? config['arn']) === queue.arn) ? [name] : [],
  )

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))
