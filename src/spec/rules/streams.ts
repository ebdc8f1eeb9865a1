import { areStreamsForeign } from '../foreign.ts'
import { entryOf, nodeAt } from '../nodes.ts'
import type { StreamSpec } from '../types.ts'
import { below, type Rule, type RuleContext } from './rule.ts'

/** Settings of a stream that do not go together. */
export const streams: Rule = (context) => {
  for (const stream of context.spec.streams) {
    if (!stream.isDeclared) continue
    checkShards(stream, context)
    checkRetention(stream, context)
    checkForeign(stream, context)
  }
}

const pointerOf = ({ name }: StreamSpec): string => `/resources/streams/${name}`

function checkShards(stream: StreamSpec, { root, report }: RuleContext): void {
  const given = entryOf(nodeAt(root, ['resources', 'streams', stream.name]), 'shards')
  if (stream.mode === 'provisioned' || given === undefined) return
  report.problem(
    given.keyPlace,
    `\`${stream.name}\` is on demand: how many shards it has is the business of the service`,
    'expected no `shards`, or `mode: provisioned`',
  )
}

function checkRetention(stream: StreamSpec, { root, report }: RuleContext): void {
  if (Number.isInteger(stream.retentionHours)) return
  const message = 'the retention of a stream is a number of whole hours'
  report.problem(below(root, pointerOf(stream), 'retention'), message, 'expected such as `24h` or `7d`')
}

/** Nothing is created or changed at a foreign Kinesis: settings that say how a stream should be have no effect there. */
function checkForeign(stream: StreamSpec, { spec, root, report }: RuleContext): void {
  const node = nodeAt(root, ['resources', 'streams', stream.name])
  if (!areStreamsForeign(spec) || node?.kind !== 'map' || node.entries.length === 0) return
  report.warning(
    below(root, pointerOf(stream)),
    `the settings of \`${stream.name}\` are not applied: it is a stream of \`endpoints.kinesis\`, which has its own`,
    'nothing is created or changed there; with `kinesis: embedded` they hold',
  )
}
