import { explain, type ExplainContext } from './explain.ts'
import type { JsonSchema } from './jsonSchema.ts'
import type { Node, Path } from './nodes.ts'
import { read, type ReadContext } from './read.ts'
import type { Validate } from './validators.ts'

/** What a check needs to know beside the value and its schema. */
export type CheckContext = Omit<ReadContext, 'passOver'> & ExplainContext

/**
 * Checks a value and gives it back as a plain value, with durations in seconds. Reports everything that is wrong; what
 * is wrong is left out of the result.
 */
export function check(
  node: Node,
  schema: JsonSchema,
  validate: Validate,
  path: Path,
  context: CheckContext,
): unknown {
  const passedOver: Path[] = []
  const value = read(node, schema, path, {
    ...context,
    passOver: (inner) => void passedOver.push(inner),
  })
  const isRefused = value !== undefined && !validate(value)
  const wrong = isRefused ? explain(validate.errors ?? [], { node, path }, context) : []
  return without(
    value,
    [...passedOver, ...wrong].map((inner) => inner.slice(path.length)),
  )
}

/** The value, which is changed, without its parts at some paths. */
function without(value: unknown, paths: readonly Path[]): unknown {
  const holder = { value }
  const lists = new Set<unknown[]>()
  for (const path of paths) {
    const whole: Path = ['value', ...path]
    const last = whole.at(-1) ?? ''
    const parent = whole.slice(0, -1).reduce<unknown>((part, step) => (part as Part)?.[step], holder)
    if (Array.isArray(parent)) {
      parent[Number(last)] = undefined
      lists.add(parent)
    } else if (typeof parent === 'object' && parent !== null) delete (parent as Part)[last]
  }
  // Only now, so that positions hold until the last path was followed.
  for (const list of lists) {
    const kept = list.filter((item) => item !== undefined)
    list.length = 0
    for (const item of kept) list.push(item)
  }
  return holder.value
}

type Part = Record<string | number, unknown>
