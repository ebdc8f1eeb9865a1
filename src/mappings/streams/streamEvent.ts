import type { BufferedRecord } from './record.ts'
import { type TumblingWindow, type WindowEnd, windowMembers } from './tumbling.ts'

export interface EventFrame {
  /** With tumbling windows only. */
  readonly window: TumblingWindow | undefined
  /** In the final invocation of a window. */
  readonly end: WindowEnd | undefined
  readonly lengthMs: number
  readonly shardId: string
  readonly streamArn: string
}

/** JSON text of the event that the function gets. */
export function streamEvent(records: readonly BufferedRecord[], frame: EventFrame): string {
  const members = frame.window === undefined ? '' : windowMembers(frame.window, frame.end, frame)
  return `{"Records":[${records.map(({ json }) => json).join(',')}]${members}}`
}
