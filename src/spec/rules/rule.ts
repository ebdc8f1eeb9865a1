import { type Node, type Path, pathOf, placeAt } from '../nodes.ts'
import type { Report } from '../report.ts'
import type { Place } from '../source.ts'
import type { Spec } from '../types.ts'

/** What the second pass looks at: a filled spec, and the tree to point into. */
export interface RuleContext {
  readonly spec: Spec
  readonly root: Node
  readonly report: Report
}

/** Something that no schema can say, because it takes two settings to be wrong. */
export type Rule = (context: RuleContext) => void

/** Where to point below a function, an event or a queue. */
export function below(root: Node, pointer: string, ...path: Path): Place {
  return placeAt(root, [...pathOf(pointer), ...path])
}

export function queuePointer(name: string): string {
  return `/resources/queues/${name}`
}
