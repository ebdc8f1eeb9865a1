// Writes dist/spec/validators.generated.js: ajv's code for the grammar in src/spec and the events of src/sources.
import { writeFileSync } from 'node:fs'
import { eventFragments } from '#dist/sources/index.js'
import { validatorSource } from '#dist/spec/validatorSource.js'

const file = new URL('../dist/spec/validators.generated.js', import.meta.url)
writeFileSync(file, validatorSource(eventFragments))
