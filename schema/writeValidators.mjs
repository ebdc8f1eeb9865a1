// Writes dist/spec/validators.generated.js: ajv's code for the grammar in src/spec and the events of src/sources.
import { writeFileSync } from 'node:fs'
import { transformSync } from 'esbuild'
import { eventFragments } from '#dist/sources/index.js'
import { validatorSource } from '#dist/spec/validatorSource.js'

const file = new URL('../dist/spec/validators.generated.js', import.meta.url)
// Nobody reads what is generated, and every start has to parse it: a third of its length does.
const { code } = transformSync(validatorSource(eventFragments), { minify: true, format: 'esm', target: 'node20.19' })
writeFileSync(file, code)
