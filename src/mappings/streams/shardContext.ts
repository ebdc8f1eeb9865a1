import type { Outcome } from '../../invoke/index.ts'
import type { RecordFilter, StreamMappingSettings, StreamReader, StreamSource } from '../../sources/index.ts'
import type { Deliver, Store } from '../../store/index.ts'
import type { Activity, Clock, Ids, Ledger, Log } from '../../system/index.ts'
import type { CountedStreamFigures } from './figures.ts'

/** What a mapping on a stream needs of the world. */
export interface StreamMappingDependencies<StreamRecord> {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly ledger: Ledger
  readonly activity: Activity
  readonly store: Store
  readonly region: string
  readonly functionName: string
  /** Without qualifier: failure records name the function so. */
  readonly functionArn: string
  /** The function's execution role. */
  readonly roleArn: string
  /** The mapping's own id: positions are kept under it. */
  readonly uuid: string
  readonly settings: StreamMappingSettings
  readonly source: Omit<StreamSource<never, StreamRecord>, 'config' | 'examples' | 'settings'>
  readonly reader: StreamReader<StreamRecord>
  readonly deliver: Deliver
  /** `cause` is the invocation that put the first record, if a handler did. */
  readonly invoke: (event: Uint8Array, requestId: string, cause: string | undefined) => Promise<Outcome>
  readonly onPlaceFreed: (listener: () => void) => () => void
}

/** What the shards of a mapping share, as long as its settings stay the same. */
export interface ShardContext<StreamRecord> extends StreamMappingDependencies<StreamRecord> {
  readonly isForFunction: RecordFilter
  readonly figures: CountedStreamFigures
  /** How the latest run of the function ended. */
  readonly noteResult: (isSuccess: boolean) => void
  /** A shard has ended, or reading one has failed or works again. */
  readonly shardChanged: () => void
  /** A newer instance of the mapping reads the stream: this one is over. */
  readonly superseded: () => void
}
