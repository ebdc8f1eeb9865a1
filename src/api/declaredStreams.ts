import { consumerOf, type StreamConfig, streamKindOf } from '../sources/index.ts'
import { areStreamsForeign, type Spec, type StreamSpec } from '../spec/index.ts'

/** A stream as Kinesis is told of it. */
export interface DeclaredStream extends Pick<
  StreamSpec,
  'name' | 'isDeclared' | 'shards' | 'retentionHours' | 'limitsThroughput'
> {
  readonly mode: 'PROVISIONED' | 'ON_DEMAND'
  /** Names of consumers to be registered. */
  readonly consumers: readonly string[]
}

/** The streams that a spec describes, with the consumers that its events name; none where they are hosted elsewhere. */
export function declaredStreamsOf(spec: Spec): DeclaredStream[] {
  if (areStreamsForeign(spec)) return []
  return spec.streams.map(({ arn, mode, consumers, ...stream }) => ({
    ...stream,
    mode: mode === 'onDemand' ? 'ON_DEMAND' : 'PROVISIONED',
    consumers: [...new Set([...consumers, ...consumersIn(spec, arn)])],
  }))
}

function consumersIn(spec: Spec, streamArn: string): string[] {
  return spec.functions.flatMap((one) =>
    one.events
      .filter(({ source }) => source === 'stream')
      .map(({ config }) => config as StreamConfig)
      .filter((config) => streamKindOf(config) === 'kinesis' && config.stream === streamArn)
      .flatMap((config) => consumerOf(config, one.name) ?? [])
      .map(consumerName),
  )
}

/** The name of a consumer, also where its ARN is given: `.../consumer/NAME:EPOCH`. */
export const consumerName = (consumer: string): string =>
  /\/consumer\/([^:]+)/.exec(consumer)?.[1] ?? consumer
