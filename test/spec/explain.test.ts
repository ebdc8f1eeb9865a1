import { expect, test } from 'vitest'
import { type EventFragment, loadSpec, SpecError } from '../../src/spec/index.ts'

/** A source with rules of every kind. */
const fragment: EventFragment = {
  name: 'feed',
  description: 'A feed.',
  reads: { kind: 'queue', keys: ['queue', 'arn'] },
  schema: {
    type: 'object',
    description: 'A feed.',
    additionalProperties: false,
    properties: {
      queue: { $ref: '#/definitions/queueReference' },
      arn: { $ref: '#/definitions/queueReference' },
      kinds: {
        description: 'Kinds.',
        oneOf: [
          { type: 'string', description: 'One.' },
          {
            type: 'array',
            description: 'Some.',
            items: { type: 'string' },
            minItems: 1,
            maxItems: 3,
            uniqueItems: true,
          },
          {
            type: 'object',
            description: 'By name.',
            additionalProperties: { type: 'integer', minimum: 1 },
            minProperties: 1,
          },
        ],
      },
    },
  },
  examples: [{ queue: 'orders' }],
}

async function problemsWith(settings: string): Promise<string[]> {
  const text = `functions:\n  main:\n    handler: main.handler\n    events:\n      - feed: ${settings}\n`
  const files = { read: () => text, list: () => ['main.js'] }
  const options = { fragments: [fragment], environment: {}, workingDirectory: '/app', files }
  const error: unknown = await loadSpec('lambda.yml', options).catch((reason: unknown) => reason)
  if (!(error instanceof SpecError)) return []
  return error.problems.map(({ line, column, message, hint }) => `${line}:${column} ${message}; ${hint}`)
}

test.each([
  ['one of several keys', '{ queue: a }', []],
  ['a value of each kind', '{ queue: a, kinds: [x, y] }', []],
  [
    'no key of a choice',
    '{}',
    ['5:9 `feed` has no `queue` or `arn`; expected exactly one of `queue`, `arn`'],
  ],
  [
    'one key of a choice, itself wrong, which is said once',
    '{ queue: 5 }',
    ['5:24 `queue` cannot be `5`; expected a queue: its name, `sqs:name` or its ARN'],
  ],
  ['too few items', '{ queue: a, kinds: [] }', ['5:27 `kinds` has 0 items; expected 1 to 3']],
  ['too many items', '{ queue: a, kinds: [a, b, c, d] }', ['5:27 `kinds` has 4 items; expected 1 to 3']],
  [
    'an item given twice',
    '{ queue: a, kinds: [a, b, a] }',
    ['5:41 `a` is in `kinds` twice; expected each value once'],
  ],
  [
    'one item of a list',
    '{ queue: a, kinds: [a, 5] }',
    ['5:38 item 2 of `kinds` cannot be `5`; expected text'],
  ],
  ['an empty mapping', '{ queue: a, kinds: {} }', ['5:27 `kinds` is empty; expected at least one entry']],
  [
    'a mapping among alternatives: only what is wrong in it',
    '{ queue: a, kinds: { x: 1, y: 0 } }',
    ['5:45 `y` cannot be `0`; expected a whole number of at least 1'],
  ],
  [
    'a value that is none of the alternatives',
    '{ queue: a, kinds: true }',
    ['5:34 `kinds` cannot be `true`; expected text, or a list, each text, or a mapping (`key: value`)'],
  ],
])('explains %s', async (_, settings, problems) => {
  expect(await problemsWith(settings)).toEqual(problems)
})

test('a rule without words of its own is told in those of ajv', async () => {
  const limited = { ...fragment.schema, maxProperties: 1 }
  const files = {
    read: () => 'functions: { main: { handler: main.handler, events: [feed: { queue: a, kinds: x }] } }',
    list: () => ['main.js'],
  }
  const loading = loadSpec('lambda.yml', {
    fragments: [{ ...fragment, schema: limited }],
    environment: {},
    workingDirectory: '/app',
    files,
  })
  await expect(loading).rejects.toThrow('`feed` must NOT have more than 1 properties')
})
