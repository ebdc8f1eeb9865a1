import { Ajv } from 'ajv'
import type { Grammar } from './schema/build.ts'
import type { Validate } from './validators.ts'

/** Where ajv finds each validator: `file`, and one for each kind of event, `sqsEvent`. */
export function validatorReferences({ $id, definitions }: Grammar): Record<string, string> {
  const events = Object.keys(definitions).filter((name) => name.endsWith('Event'))
  return { file: $id, ...Object.fromEntries(events.map((name) => [name, `${$id}#/definitions/${name}`])) }
}

/** An ajv that knows the grammar. An entry of `events` is anything here: its key decides by what it is checked. */
export function ajvFor(grammar: Grammar, writesSource: boolean): Ajv {
  const code = writesSource ? { source: true, esm: true, lines: true } : {}
  const ajv = new Ajv({ strict: true, allErrors: true, verbose: true, code })
  const event = { description: 'Checked by itself.' }
  return ajv.addSchema({ ...grammar, definitions: { ...grammar.definitions, event } })
}

/** Compiles the grammar's validators in this process. */
export function compileValidators(grammar: Grammar): Record<string, Validate> {
  const ajv = ajvFor(grammar, false)
  const compiled = Object.entries(validatorReferences(grammar)).map(([name, reference]) => {
    const validate = ajv.getSchema(reference)
    if (validate === undefined) throw new TypeError(`the schema has no ${reference}`)
    return [name, validate as Validate] as const
  })
  return Object.fromEntries(compiled)
}
