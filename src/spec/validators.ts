import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { ErrorObject } from 'ajv'
import type { Grammar } from './schema/build.ts'

/** A compiled schema: `errors` is about the last value. */
export interface Validate {
  (value: unknown): boolean
  errors?: readonly ErrorObject[] | null
}

/** What the loader checks by: the file without its events, and each kind of event. */
export interface Validators {
  readonly file: Validate
  event(name: string): Validate
}

/** What `validators.generated.js` exports: ajv's code for one grammar, and which. */
interface Generated {
  readonly fingerprint: string
  readonly validators: Readonly<Record<string, Validate>>
}

/** From the folder above: the build joins modules, and this one may end up in another folder beside its own. */
const generatedFile = new URL('../spec/validators.generated.js', import.meta.url)
const compiled = new Map<string, Promise<Validators>>()

/** Validators by ajv: those of the build if they are for this grammar, else (other events) compiled now. */
export function validatorsFor(grammar: Grammar): Promise<Validators> {
  const fingerprint = fingerprintOf(grammar)
  const known = compiled.get(fingerprint) ?? find(grammar, fingerprint)
  compiled.set(fingerprint, known)
  return known
}

async function find(grammar: Grammar, fingerprint: string): Promise<Validators> {
  if (existsSync(generatedFile)) {
    const generated = (await import(generatedFile.href)) as Generated
    if (generated.fingerprint === fingerprint) return named(generated.validators)
  }
  // Importing ajv and compiling takes a hundred milliseconds, so only those wait for it who need it.
  const { compileValidators } = await import('./compileValidators.ts')
  return named(compileValidators(grammar))
}

function named(validators: Readonly<Record<string, Validate>>): Validators {
  const get = (name: string): Validate => {
    const validate = validators[name]
    if (validate === undefined) throw new TypeError(`there is no validator ${name}`)
    return validate
  }
  return { file: get('file'), event: (name) => get(`${name}Event`) }
}

/** Names a grammar: the build's validators serve whoever has the very same. */
export function fingerprintOf(grammar: Grammar): string {
  return createHash('sha256').update(JSON.stringify(grammar)).digest('hex')
}
