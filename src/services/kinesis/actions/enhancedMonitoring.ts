import type { Operation } from '../../operation.ts'
import { checkCount, checkMembers } from '../../constraints.ts'
import { type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly ShardLevelMetrics: readonly string[]
}

const metrics = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
] as const

/** `EnableEnhancedMonitoring`, `DisableEnhancedMonitoring`: which metrics are asked for is kept and shown. */
export const createEnhancedMonitoring =
  (streams: Streams, isOn: boolean): Operation<Input> =>
  async (input) => {
    check(input)
    const stream = streams.ofInput(input)
    const current = stream.record.metrics
    const named = new Set<string>(input.ShardLevelMetrics.includes('ALL') ? metrics : input.ShardLevelMetrics)
    const desired = metrics.filter((name) => (named.has(name) ? isOn : current.includes(name)))
    await streams.change(stream, { metrics: desired })
    return {
      StreamName: stream.name,
      StreamARN: stream.arn,
      CurrentShardLevelMetrics: current,
      DesiredShardLevelMetrics: desired,
    }
  }

function check(input: Input): void {
  const { ShardLevelMetrics: names } = input
  checkMembers(streamMembers(input))
  checkCount('shardLevelMetrics', names?.length, [1, 7], () => `[${names.join(', ')}]`)
  checkMembers(
    names.map((value, index) => ({
      path: `shardLevelMetrics.${index + 1}.member`,
      value,
      oneOf: [...metrics, 'ALL'],
    })),
  )
}
