import { jsonLine } from './jsonLogLines.ts'
import { textLine } from './logLines.ts'
import type { PlatformEvent } from './platformEvent.ts'
import type { Logging } from './types.ts'

/** The line that the platform writes into a function's log, without the newline; `undefined` when it writes none. */
export function platformLine(event: PlatformEvent, logging: Logging): string | undefined {
  return logging.format === 'JSON' ? jsonLine(event, logging.systemLevel) : textLine(event)
}
