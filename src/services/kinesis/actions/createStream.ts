import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { checkOnDemandLimit, checkShardLimit } from '../limits.ts'
import { modeMember, type ModeDetails, recordSizeMember, required, streamName } from '../members.ts'
import * as errors from '../errors.ts'
import type { Streams } from '../streams.ts'
import { checkNewTags, checkTagMap } from '../tags.ts'

interface Input {
  readonly StreamName: string
  readonly ShardCount?: number
  readonly StreamModeDetails?: ModeDetails
  readonly Tags?: Readonly<Record<string, string>>
  readonly WarmThroughputMiBps?: number
  readonly MaxRecordSizeInKiB?: number
}

/** What a stream without `ShardCount` begins with. */
const ON_DEMAND_SHARDS = 4

/** `CreateStream`: the stream is `ACTIVE` as soon as it is durable. */
export const createCreateStream =
  (streams: Streams): Operation<Input> =>
  async (input) => {
    check(input)
    const { ShardCount, StreamModeDetails, Tags, WarmThroughputMiBps, MaxRecordSizeInKiB } = input
    const mode = StreamModeDetails?.StreamMode ?? (ShardCount === undefined ? 'ON_DEMAND' : 'PROVISIONED')
    checkMode(mode, input)
    const shardCount = ShardCount ?? ON_DEMAND_SHARDS
    if (!streams.get(input.StreamName)) {
      checkShardLimit(streams, shardCount)
      if (mode === 'ON_DEMAND') checkOnDemandLimit(streams)
    }
    await streams.create(input.StreamName, {
      mode,
      shardCount,
      ...(Tags && { tags: Tags }),
      ...(WarmThroughputMiBps !== undefined && { warmMiBps: WarmThroughputMiBps }),
      ...(MaxRecordSizeInKiB !== undefined && { maximumRecordKiB: MaxRecordSizeInKiB }),
    })
  }

function check(input: Input): void {
  checkMembers([
    required(streamName(input.StreamName)),
    { path: 'shardCount', value: input.ShardCount, least: 1 },
    ...modeMember(input.StreamModeDetails),
    { path: 'warmThroughputMiBps', value: input.WarmThroughputMiBps, least: 0 },
    recordSizeMember(input.MaxRecordSizeInKiB),
  ])
  if (!input.Tags) return
  checkTagMap(input.Tags)
  checkNewTags({}, input.Tags)
}

function checkMode(mode: string, { ShardCount, WarmThroughputMiBps }: Input): void {
  if (mode === 'PROVISIONED' && ShardCount === undefined)
    throw errors.validation('ShardCount must be specified for a stream in PROVISIONED mode.')
  if (mode === 'ON_DEMAND' && ShardCount !== undefined)
    throw errors.validation('ShardCount must not be specified for a stream in ON_DEMAND mode.')
  if (mode === 'PROVISIONED' && WarmThroughputMiBps !== undefined)
    throw errors.validation('WarmThroughputMiBps can only be specified for a stream in ON_DEMAND mode.')
}
