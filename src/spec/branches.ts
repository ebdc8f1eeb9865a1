import type { JsonSchema, JsonType } from './jsonSchema.ts'
import type { Node } from './nodes.ts'

export type Definitions = Readonly<Record<string, JsonSchema>>

/** Follows `$ref`; only definitions of the same schema are referred to. */
export function dereference(schema: JsonSchema, definitions: Definitions): JsonSchema {
  if (schema.$ref === undefined) return schema
  const target = definitions[schema.$ref.replace('#/definitions/', '')]
  if (target === undefined) throw new TypeError(`the schema refers to ${schema.$ref}, which does not exist`)
  return dereference(target, definitions)
}

/** The closed list of values that a schema allows, if it is one. */
export function valuesOf(schema: JsonSchema): string[] | undefined {
  if (schema.const !== undefined) return [schema.const].map(String)
  if (schema.enum !== undefined) return schema.enum.map(String)
  if (schema.oneOf === undefined || !schema.oneOf.every((branch) => branch.const !== undefined))
    return undefined
  return schema.oneOf.map((branch) => String(branch.const))
}

/** Every type that a schema allows. */
export function typesOf(schema: JsonSchema, definitions: Definitions): Set<JsonType> {
  const target = dereference(schema, definitions)
  const inner = target.oneOf?.flatMap((branch) => [...typesOf(branch, definitions)]) ?? []
  return new Set(target.type === undefined ? inner : [target.type])
}

/** The schema for a mapping or a list: the given one, or that of its alternatives which has the type. */
export function branchFor(node: Node, schema: JsonSchema, definitions: Definitions): JsonSchema | undefined {
  const target = dereference(schema, definitions)
  if (target.type !== undefined) return target.type === containerTypeOf(node) ? target : undefined
  for (const branch of target.oneOf ?? []) {
    const found = branchFor(node, branch, definitions)
    if (found !== undefined) return found
  }
  return undefined
}

function containerTypeOf(node: Node): JsonType | undefined {
  if (node.kind === 'map') return 'object'
  return node.kind === 'list' ? 'array' : undefined
}
