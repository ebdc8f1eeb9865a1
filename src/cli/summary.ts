import path from 'node:path'
import type { App } from '../api/index.ts'
import type { EventSpec, FunctionSpec, QueueSpec, Spec, StreamSpec } from '../spec/types.ts'
import type { Colors } from './colors.ts'
import { formatWait } from './humanTime.ts'
import { plural, shortArn } from './wording.ts'

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
    ...section('functions of the API', madeRows(spec, functions, colors), colors),
    ...section(titleOf('queues', 'sqs', spec), queueRows(spec, colors), colors),
    ...section(titleOf('streams', 'kinesis', spec), streamRows(spec, colors), colors),
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
    streams: spec.streams.map(({ name, shards }) => ({ name, shards })),
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

function madeRows(spec: Spec, functions: ReturnType<App['status']>['functions'], colors: Colors): string[] {
  const declared = new Set(spec.functions.map(({ name }) => name))
  const made = functions.filter(({ name }) => !declared.has(name))
  const nameWidth = widest(made.map(({ name }) => name))
  return made.flatMap(({ name, handler, url }) => [
    `${colors.bold(name.padEnd(nameWidth))}  ${handler}`,
    ...(url === null ? [] : [`${' '.repeat(nameWidth + 2)}${colors.cyan(url)}`]),
  ])
}

function sourcesOf(one: FunctionSpec): string[] {
  return one.events.map(sourceText)
}

function sourceText({ source, config }: EventSpec): string {
  const off = config['enabled'] === false ? ' (disabled)' : ''
  const resource = config['queue'] ?? config['stream'] ?? config['topic'] ?? config['bucket']
  if (typeof resource === 'string') return `${shortArn(resource)}${off}`
  const rate = config['rate']
  if (source === 'schedule') return `${[rate].flat().map(String).join(', ')}${off}`
  return `${source}${off}`
}

const isElsewhere = (service: string, { endpoints }: Spec): boolean =>
  (endpoints[service] ?? 'embedded') !== 'embedded'

function titleOf(title: string, service: string, spec: Spec): string {
  if (!isElsewhere(service, spec)) return title
  return spec.endpoints[service] === 'aws' ? `${title} of AWS` : `${title} of ${spec.endpoints[service]}`
}

function queueRows(spec: Spec, colors: Colors): string[] {
  const nameWidth = widest(spec.queues.map(({ name }) => name))
  return spec.queues.map((queue) => {
    const readers = readersOf(queue, spec)
    const facts = [
      ...(readers.length === 0 ? [] : [`read by ${readers.join(', ')}`]),
      // How a foreign queue is set is not in the spec.
      ...(isElsewhere('sqs', spec) ? [] : settingsOf(queue)),
    ]
    return `${colors.bold(queue.name.padEnd(nameWidth))}  ${facts.join(', ')}`.trimEnd()
  })
}

const settingsOf = ({ visibilityTimeoutSeconds, redrive }: QueueSpec): string[] => [
  `visibility ${formatWait(visibilityTimeoutSeconds * 1_000)}`,
  ...(redrive ? [`after ${redrive.maxReceiveCount} receives to ${shortArn(redrive.deadLetterArn)}`] : []),
]

function streamRows(spec: Spec, colors: Colors): string[] {
  const nameWidth = widest(spec.streams.map(({ name }) => name))
  return spec.streams.map((stream) => {
    const readers = readersOf(stream, spec)
    const facts = [
      ...(readers.length === 0 ? [] : [`read by ${readers.join(', ')}`]),
      ...(isElsewhere('kinesis', spec) ? [] : [plural(stream.shards, 'shard')]),
    ]
    return `${colors.bold(stream.name.padEnd(nameWidth))}  ${facts.join(', ')}`.trimEnd()
  })
}

const nameRows = (resources: readonly { readonly name: string }[], colors: Colors): string[] =>
  resources.map(({ name }) => colors.bold(name))

const readersOf = ({ arn }: QueueSpec | StreamSpec, spec: Spec): string[] =>
  spec.functions.flatMap(({ name, events }) =>
    events.some(({ config }) => (config['queue'] ?? config['stream']) === arn) ? [name] : [],
  )

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))
