import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { checkShardLimit } from '../limits.ts'
import { required, type StreamInput, streamMembers } from '../members.ts'
import { refuseOnDemand, reshape } from '../reshape.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly TargetShardCount: number
  readonly ScalingType: string
}

/** `UpdateShardCount`: to at most twice, or at least half as many, as on AWS. */
export const createUpdateShardCount =
  (streams: Streams): Operation<Input> =>
  async (input) => {
    checkMembers([
      ...streamMembers(input),
      required({ path: 'targetShardCount', value: input.TargetShardCount, least: 1 }),
      required({ path: 'scalingType', value: input.ScalingType, oneOf: ['UNIFORM_SCALING'] }),
    ])
    const stream = streams.ofInput(input)
    refuseOnDemand(streams, stream)
    const { TargetShardCount: target } = input
    const current = stream.open.length
    checkStep(current, target)
    checkShardLimit(streams, Math.max(0, target - current))
    await reshape(streams, stream, (lineage) => lineage.makeUniform(target))
    return {
      StreamName: stream.name,
      StreamARN: stream.arn,
      CurrentShardCount: current,
      TargetShardCount: target,
    }
  }

function checkStep(current: number, target: number): void {
  const counts = `Current open shard count: ${current} Target shard count: ${target}`
  if (target > current * 2)
    throw errors.invalidArgument(
      `UpdateShardCount cannot scale up over double your current open shard count. ${counts}`,
    )
  if (target < current / 2)
    throw errors.invalidArgument(
      `UpdateShardCount cannot scale down below half your current open shard count. ${counts}`,
    )
}
