// Writes schema/lambda.schema.json from the grammar in src/spec and the events that src/sources declares.
import { writeFileSync } from 'node:fs'
import { eventFragments } from '#dist/sources/index.js'
import { buildSchema } from '#dist/spec/index.js'

const file = new URL('../../schema/lambda.schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(buildSchema(eventFragments), null, 2)}\n`)
