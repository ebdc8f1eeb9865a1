// Writes what the grammar in src/spec and the events of src/sources say: the schema for editors, the page for people.
import { writeFileSync } from 'node:fs'
import { eventFragments } from '#dist/sources/index.js'
import { buildSchema } from '#dist/spec/index.js'
import { referencePage } from '#dist/spec/schema/referencePage.js'

const write = (path, text) => writeFileSync(new URL(`../${path}`, import.meta.url), text)
write('schema/lambda.schema.json', `${JSON.stringify(buildSchema(eventFragments), null, 2)}\n`)
write('docs/lambda-yml.md', referencePage(eventFragments))
