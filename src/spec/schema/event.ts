import type { JsonSchema } from '../jsonSchema.ts'
import type { ReferenceUse } from '../references.ts'
import type { ResourceKind } from '../resourceKinds.ts'

/**
 * One kind of event under `events:`, as its source declares it. The loader knows nothing of the sources; they hand it
 * these.
 */
export interface EventFragment {
  /** The key in the file: `sqs`. */
  readonly name: string
  readonly description: string
  /** Of the mapping below the key. Durations: `oneOf` an integer and `{ $ref: '#/definitions/duration' }`. */
  readonly schema: JsonSchema
  /** Of the short form, where one value says it all: `- schedule: rate(5 minutes)`. */
  readonly shorthand?: JsonSchema
  /** The mapping that the short form stands for. */
  readonly expand?: (short: string | number | boolean) => Readonly<Record<string, unknown>>
  /**
   * The resource that it reads or listens to. Its keys are different spellings of one setting, of which exactly one
   * is given, or none where there is a `standard`. The loaded config holds the resource's ARN under the first of them.
   */
  readonly reads?: {
    readonly kind: ResourceKind
    readonly keys: readonly string[]
    readonly standard?: string
  }
  /** Its other settings that name resources, by the way to them; the loaded config holds their ARNs there. */
  readonly refersTo?: readonly {
    readonly kind: ResourceKind | Extract<ReferenceUse, 'batchFailure'>
    readonly path: readonly string[]
  }[]
  /** The same config with references that say by themselves what they lead to; before they are resolved. */
  readonly canonical?: (config: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /**
   * What a schema cannot say about a config that passed its schema (references are as written); `path` leads to the
   * culprit within the config.
   */
  readonly complaints?: (config: Readonly<Record<string, unknown>>) => readonly EventComplaint[]
  /** Allowed values of the key, shown by editors and tried by tests. */
  readonly examples: readonly unknown[]
}

export interface EventComplaint {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly hint: string
}

/** The schema of the mapping below the event's key. */
function configSchema({ schema, reads }: EventFragment): JsonSchema {
  if (reads === undefined || reads.keys.length < 2) return schema
  const choices = reads.keys.map((key) => {
    const property = schema.properties?.[key] ?? {}
    return {
      type: 'object',
      description: `With \`${key}\`.`,
      required: [key],
      properties: { [key]: property },
    } as const
  })
  return { ...schema, oneOf: choices }
}

/** Definitions for the events: `event`, and one for each kind. */
export function eventDefinitions(fragments: readonly EventFragment[]): Record<string, JsonSchema> {
  const definitions: Record<string, JsonSchema> = {
    event: {
      title: 'a mapping with one key, the kind of event',
      description: 'One thing that invokes the function.',
      oneOf: fragments.map(({ name, description }) => ({
        type: 'object',
        description,
        additionalProperties: false,
        required: [name],
        properties: { [name]: { $ref: `#/definitions/${name}Event` } },
      })),
    },
  }
  for (const fragment of fragments) {
    const config = configSchema(fragment)
    const { description, examples } = fragment
    definitions[`${fragment.name}Event`] =
      fragment.shorthand === undefined
        ? { description, examples, ...config }
        : { description, examples, oneOf: [fragment.shorthand, config] }
  }
  return definitions
}
