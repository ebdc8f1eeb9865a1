import type { Bodies } from './bodies.ts'
import type { KeyValue } from './keyValue.ts'
import type { Names } from './names.ts'
import type { Numbers } from './numbers.ts'
import type { Signals } from './signals.ts'

/** What the three primitives stand on. */
export interface Ground {
  readonly keyValue: KeyValue
  readonly names: Names
  readonly numbers: Numbers
  readonly bodies: Bodies
  readonly signals: Signals
}
