/** The part of JSON schema, draft-07, that the grammar is written in and that `check` understands. */
export interface JsonSchema {
  readonly $schema?: string
  readonly $id?: string
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly type?: JsonType
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly oneOf?: readonly JsonSchema[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly propertyNames?: JsonSchema
  readonly minProperties?: number
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly definitions?: Readonly<Record<string, JsonSchema>>
}

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null'

const KEYWORDS: ReadonlySet<string> = new Set<keyof JsonSchema>([
  '$schema',
  '$id',
  '$ref',
  'title',
  'description',
  'default',
  'examples',
  'type',
  'enum',
  'const',
  'oneOf',
  'required',
  'properties',
  'additionalProperties',
  'propertyNames',
  'minProperties',
  'items',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'definitions',
])

/** Throws for a keyword that `check` would pass over: a rule nobody enforces is worse than none. */
export function assertUnderstood(schema: JsonSchema, path = '#'): void {
  for (const [keyword, value] of Object.entries(schema)) {
    if (!KEYWORDS.has(keyword))
      throw new TypeError(`schema keyword ${path}/${keyword} is not understood by check.ts`)
    for (const [name, inner] of innerSchemas(keyword, value))
      assertUnderstood(inner, `${path}/${keyword}${name}`)
  }
}

function innerSchemas(keyword: string, value: unknown): [string, JsonSchema][] {
  if (keyword === 'properties' || keyword === 'definitions') {
    return Object.entries(value as Record<string, JsonSchema>).map(([name, inner]) => [`/${name}`, inner])
  }
  if (keyword === 'oneOf') return (value as JsonSchema[]).map((inner, index) => [`/${index}`, inner])
  const isSchema = keyword === 'items' || keyword === 'propertyNames' || keyword === 'additionalProperties'
  return isSchema && typeof value === 'object' ? [['', value as JsonSchema]] : []
}
