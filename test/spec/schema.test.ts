import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventFragments } from '../../src/sources/index.ts'
import { check, type CheckContext } from '../../src/spec/check.ts'
import { checkEvent } from '../../src/spec/events.ts'
import type { JsonSchema } from '../../src/spec/index.ts'
import { buildSchema } from '../../src/spec/index.ts'
import { buildGrammar } from '../../src/spec/schema/build.ts'
import { referencePage } from '../../src/spec/schema/referencePage.ts'
import { nodeOf } from '../../src/spec/nodes.ts'
import { createReport } from '../../src/spec/report.ts'
import { fingerprintOf, validatorsFor } from '../../src/spec/validators.ts'
import { fragments } from './fragments.ts'

const grammar = buildGrammar(fragments)
const validators = await validatorsFor(grammar)
const validate = new Ajv({ strict: true, allErrors: true }).compile(grammar)
const validatePublished = new Ajv({ strict: true, allErrors: true }).compile(buildSchema(fragments))

/** Every schema within a schema, with the way to it. */
function* within(part: JsonSchema, path: string): Generator<[string, JsonSchema]> {
  yield [path, part]
  const named = { ...part.properties, ...part.definitions }
  for (const [name, inner] of Object.entries(named)) yield* within(inner, `${path}/${name}`)
  for (const [index, inner] of (part.oneOf ?? []).entries()) yield* within(inner, `${path}/oneOf/${index}`)
  for (const key of ['items', 'additionalProperties'] as const) {
    const inner = part[key]
    if (typeof inner === 'object') yield* within(inner, `${path}/${key}`)
  }
}

/** Whether the loader finds nothing to complain about, without what sources and rules have to say. */
function isAccepted(value: unknown): boolean {
  const place = { source: { file: '/lambda.yml', text: '' }, start: 0, end: 0 }
  const report = createReport()
  const kinds = fragments.map((fragment) => ({ ...fragment, complaints: () => [] }))
  const context: CheckContext = {
    definitions: grammar.definitions,
    report,
    placeAt: () => place,
    readEvent: (node, path) => checkEvent(node, path, kinds, validators, context),
    fillsDefaults: false,
  }
  check(nodeOf(value, place), grammar, validators.file, [], context)
  return report.complaints.length === 0
}

const repository = new URL('../../', import.meta.url)

test('the checked-in schema is what the grammar and the sources say (else: `npm run schema`)', () => {
  const checkedIn: unknown = JSON.parse(
    readFileSync(new URL('schema/lambda.schema.json', repository), 'utf8'),
  )
  expect(checkedIn).toEqual(JSON.parse(JSON.stringify(buildSchema(eventFragments))))
})

test('the reference page is what the grammar and the sources say (else: `npm run schema`)', () => {
  const page = readFileSync(new URL('docs/lambda-yml.md', repository), 'utf8')
  expect(page).toBe(referencePage(eventFragments))
})

test('every link of the reference page leads to one of its headings or to a file', () => {
  const page = referencePage(eventFragments)
  const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = '']) =>
      `#${heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-')}`,
  )
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target)
  expect(new Set(anchors).size).toBe(anchors.length)
  expect(links.filter((target) => !anchors.includes(target))).toEqual(['../README.md'])
})

test('every key of the grammar is on the reference page', () => {
  const page = referencePage(eventFragments)
  const keys = [...within(buildGrammar(eventFragments), '#')].flatMap(([path, { properties = {} }]) =>
    path === '#/event' || path.startsWith('#/event/') ? [] : Object.keys(properties),
  )
  expect(keys.filter((key) => !page.includes(`\n| \`${key}\` |`))).toEqual([])
})

test('the validators of the build are for the grammar as it is now (else: `npm run build`)', async () => {
  const file = new URL('dist/spec/validators.generated.js', repository)
  const generated = (await import(file.href)) as { readonly fingerprint: string }
  expect(generated.fingerprint).toBe(fingerprintOf(buildGrammar(eventFragments)))
})

test("the schema follows SchemaStore's rules", () => {
  expect(buildSchema(fragments)).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: expect.stringMatching(/^https:/),
    title: expect.any(String),
    type: 'object',
  })
  const flaws: string[] = []
  for (const [path, part] of within(buildGrammar(eventFragments), '#')) {
    // The branches of an `exactly one of these keys` leave the rest to the schema around them.
    const isChoice = /\/oneOf\/\d+$/.test(path) && part.description?.startsWith('With ') === true
    const isClosed = isChoice || part.type !== 'object' || part.additionalProperties !== undefined
    const isTyped =
      part.type !== undefined ||
      part.$ref !== undefined ||
      part.oneOf !== undefined ||
      part.const !== undefined
    const isDescribed = part.description !== undefined || part.$ref !== undefined || path.endsWith('/items')
    if (!(isClosed && isTyped && isDescribed)) flaws.push(path)
  }
  expect(flaws).toEqual([])
})

test('examples and defaults in the schema are allowed by it', () => {
  const ajv = new Ajv({ strict: true, schemas: [grammar] })
  const flaws: string[] = []
  const id = grammar.$id ?? ''
  for (const [path, part] of within(grammar, '#')) {
    const values = [...(part.examples ?? []), ...(part.default === undefined ? [] : [part.default])]
    if (values.length === 0) continue
    const { $id: _, $schema: __, definitions: ___, ...alone } = part
    const absolute = JSON.parse(JSON.stringify(alone).replaceAll('"#/', `"${id}#/`)) as object
    for (const value of values)
      if (!ajv.validate(absolute, value)) flaws.push(`${path}: ${JSON.stringify(value)}`)
  }
  expect(flaws).toEqual([])
})

const good: Record<string, unknown>[] = [
  { functions: { a: { handler: 'a.b' } } },
  { service: 'orders', clock: '60x', functions: { a: { handler: 'a.b', timeout: '5m', url: true } } },
  {
    functions: {
      a: { handler: 'a.b', events: [{ sqs: 'orders' }, { sqs: { queue: 'orders', batchSize: 5 } }] },
    },
  },
  {
    functions: {
      a: { handler: 'a.b', events: [{ schedule: 'rate(1 hour)' }, { schedule: { rate: ['rate(1 day)'] } }] },
    },
  },
  { functions: { a: { handler: 'a.b', url: { cors: { allowedOrigins: '*', maxAge: '1h' } } } } },
  { functions: { a: { handler: 'a.b' } }, resources: { queues: { orders: null, other: { delay: '10s' } } } },
  {
    functions: { a: { handler: 'a.b' } },
    resources: { queues: { 'a.fifo': {}, 'b.fifo': { fifo: true, deduplicationScope: 'messageGroup' } } },
  },
  {
    functions: { a: { handler: 'a.b' } },
    provider: { environment: { AB: 1, CD: true } },
  },
  {
    functions: { a: { handler: 'a.b', destinations: { onSuccess: { type: 'sqs', arn: 'x' } } } },
    custom: { any: [1] },
  },
  { functions: {} },
]
const bad: unknown[] = [
  [],
  null,
  {},
  { functions: { a: {} } },
  { functions: { 'a b': { handler: 'a.b' } } },
  { functions: { a: { handler: 'a.b', timeout: 901 } } },
  { functions: { a: { handler: 'a.b', timeout: '5x' } } },
  { functions: { a: { handler: 'a.b', isolation: 'vm' } } },
  { functions: { a: { handler: 'a.b', events: [{ sqs: { batchSize: 5 } }] } } },
  { functions: { a: { handler: 'a.b', events: [{ sqs: { queue: 'a', arn: 'b' } }] } } },
  { functions: { a: { handler: 'a.b', events: [{ sqs: 'a', schedule: 'rate(1 hour)' }] } } },
  { functions: { a: { handler: 'a.b', events: [{ sns: 'a' }] } } },
  { functions: { a: { handler: 'a.b', runtime: 'python2.7' } } },
  { functions: { a: { handler: 'a.b' } }, clock: '0x' },
  { functions: { a: { handler: 'a.b' } }, endpoints: { firehose: 'aws' } },
  { functions: { a: { handler: 'a.b' } }, resources: { topics: { 'a.fifo': {} } } },
  { functions: { a: { handler: 'a.b' } }, resources: { queues: { 'a.b': {} } } },
  { functions: { a: { handler: 'a.b', memorySize: 127 } } },
  { functions: { a: { handler: 'a.b', url: { cors: { allowedOrigins: [1] } } } } },
]

const account = { provider: { accountId: '000000000001' }, functions: { a: { handler: 'a.b' } } }

test.each([...good, account])('allowed: %j', (value) => {
  expect([validate(value), validate.errors, isAccepted(value), validatePublished(value)]).toEqual([
    true,
    null,
    true,
    true,
  ])
})

test.each(bad.map((value) => [value]))('refused: %j', (value) => {
  expect([validate(value), isAccepted(value), validatePublished(value)]).toEqual([false, false, false])
})

test('editors accept variables and the long forms of CloudFormation wherever a value may stand', () => {
  const value = {
    functions: {
      a: {
        handler: 'a.b',
        timeout: '${env:TIMEOUT, 6}',
        environment: {
          URL: { Ref: 'orders' },
          ARN: { 'Fn::GetAtt': ['orders', 'Arn'] },
          TEXT: { 'Fn::Sub': 'x' },
        },
        events: '${file(events.yml)}',
      },
      b: '${file(functions.yml):b}',
    },
    resources: { queues: { orders: { delay: '${self:custom.${env:STAGE}.delay}' } } },
  }
  expect([validatePublished(value), validatePublished.errors]).toEqual([true, null])
})

test('whatever is made of a good file, the loader complains exactly when the schema is not met', () => {
  const replacement = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      1,
      5,
      30,
      900,
      901,
      1.5,
      -1,
      '',
      'a',
      '2s',
      'a b',
      [],
      {},
      ['a'],
      'orders',
    ),
    fc.constantFrom<unknown>(
      { queue: 'a' },
      { arn: 'a' },
      { sqs: 'a' },
      [{ sqs: { queue: 'a' } }],
      { handler: 'x.y' },
      { cors: true },
    ),
  )
  const keys = fc.constantFrom(
    ...'handler timeout memorySize events url cors queue arn sqs schedule rate batchSize maxAge isolation name clock'.split(
      ' ',
    ),
    ...'functions resources queues orders redrive maxReceiveCount environment AB delay provider region nonsense'.split(
      ' ',
    ),
  )
  const change = fc.record({
    at: fc.nat(),
    key: keys,
    value: replacement,
    kind: fc.constantFrom('set', 'remove', 'add'),
  })
  fc.assert(
    fc.property(
      fc.constantFrom(...good),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (start, changes) => {
        const value: unknown = structuredClone(start)
        for (const each of changes) apply(value, each)
        expect([isAccepted(value), value]).toEqual([validate(value), value])
      },
    ),
    { numRuns: 2000 },
  )
})

/** Changes one of the mappings or lists somewhere in a value. */
function apply(value: unknown, change: { at: number; key: string; value: unknown; kind: string }): void {
  const containers: (Record<string, unknown> | unknown[])[] = []
  const collect = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    containers.push(part as Record<string, unknown>)
    for (const inner of Object.values(part)) collect(inner)
  }
  collect(value)
  const target = containers[change.at % containers.length]
  if (target === undefined) return
  if (Array.isArray(target)) {
    if (change.kind === 'remove') target.pop()
    else target.push(structuredClone(change.value))
    return
  }
  const keys = Object.keys(target)
  const key =
    change.kind === 'add' || keys.length === 0 ? change.key : (keys[change.at % keys.length] ?? change.key)
  if (change.kind === 'remove') delete target[key]
  else target[key] = structuredClone(change.value)
}
