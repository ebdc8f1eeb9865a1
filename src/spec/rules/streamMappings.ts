import { areStreamsForeign } from '../foreign.ts'
import type { EventFragment } from '../schema/event.ts'
import { lineAndColumn } from '../source.ts'
import type { EventSpec, FunctionSpec } from '../types.ts'
import { below, type Rule, type RuleContext } from './rule.ts'

/** Rules between a stream and the function that reads it, in AWS's words where AWS has any. */
export function streamMappings(fragments: readonly EventFragment[]): Rule {
  const keys = new Map(
    fragments.flatMap(({ name, reads }) => (reads?.kind === 'stream' ? [[name, reads.keys[0]]] : [])),
  )
  return (context) => {
    for (const each of context.spec.functions) {
      const seen = new Map<string, EventSpec>()
      for (const event of each.events) {
        const key = keys.get(event.source)
        if (key === undefined) continue
        const arn = String(event.config[key])
        checkTable(arn, event, context)
        checkConsumer(event, context)
        checkDuplicate(each, arn, event, seen, context)
      }
    }
  }
}

/** Tables are not hosted here: without an endpoint there is nothing to read. */
function checkTable(arn: string, { pointer }: EventSpec, { spec, root, report }: RuleContext): void {
  const { dynamodb, dynamodbStreams } = spec.endpoints
  if (!arn.startsWith('arn:aws:dynamodb:') || (dynamodb ?? dynamodbStreams) !== undefined) return
  report.problem(
    below(root, pointer),
    'tables of DynamoDB are not hosted by this version',
    'expected `endpoints: { dynamodb: http://127.0.0.1:8000 }`, where the table is, or `aws`',
  )
}

function checkConsumer({ config, pointer }: EventSpec, { spec, root, report }: RuleContext): void {
  const { consumer } = config
  const isNamed = consumer === true || (typeof consumer === 'string' && !consumer.startsWith('arn:'))
  if (!isNamed || !areStreamsForeign(spec)) return
  report.problem(
    below(root, pointer, 'consumer'),
    'no consumer is registered at `endpoints.kinesis`',
    'expected the ARN of a consumer that is there, or `kinesis: embedded`',
  )
}

function checkDuplicate(
  { name }: FunctionSpec,
  arn: string,
  event: EventSpec,
  seen: Map<string, EventSpec>,
  { root, report }: RuleContext,
): void {
  const source = `${arn} ${consumerIn(event)}`
  const earlier = seen.get(source)
  seen.set(source, earlier ?? event)
  if (earlier === undefined) return
  const { line } = lineAndColumn(below(root, earlier.pointer))
  report.problem(
    below(root, event.pointer),
    `The event source arn (" ${arn} ") and function (" ${name} ") provided mapping already exists.`,
    `expected one event for each stream or consumer: the first is on line ${line}`,
  )
}

const consumerIn = ({ config: { consumer } }: EventSpec): string =>
  typeof consumer === 'string' ? consumer : String(consumer === true)
