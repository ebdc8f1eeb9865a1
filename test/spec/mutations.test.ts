import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadSpec, SpecError } from '../../src/spec/index.ts'
import { fragments } from './fragments.ts'

const whole = `service: orders
provider: { runtime: nodejs22.x, region: eu-west-1, timeout: "\${env:TIMEOUT, 6}", environment: { STAGE: &stage local } }
custom:
  base: &base { timeout: 5m, memorySize: 256 }
  url: "\${self:service}-\${self:custom.base.timeout}"
functions:
  checkout:
    <<: *base
    handler: src/main.handler
    url: { cors: { allowedOrigins: ['*'], maxAge: 1h } }
    environment: { QUEUE: !Ref orders, ARN: !GetAtt orders.Arn, TEXT: !Sub '\${AWS::Region} \${orders}', S1: *stage }
    events:
      - sqs: { queue: orders, batchSize: 10, maximumBatchingWindow: 5 }
      - schedule: rate(5 minutes)
    onError: sqs:dead
    destinations: { onSuccess: lambda:report, onFailure: arn:aws:sqs:eu-west-1:000000000000:failed }
  report: { handler: src/main.handler, events: "\${file(events.yml)}" }
resources:
  queues: { orders: { visibilityTimeout: 10m, redrive: { queue: dead, maxReceiveCount: 3 } }, dead: }
endpoints: { kinesis: 'http://127.0.0.1:4567' }
clock: frozen
`
const eventsFile = '- schedule: { rate: [rate(1 hour)], input: { a: [1, ~, x] } }\n'

/** Loads, or refuses: anything else is a bug. */
async function outcomeOf(text: string, events = eventsFile): Promise<string> {
  const texts = new Map([
    ['/app/lambda.yml', text],
    ['/app/events.yml', events],
  ])
  const files = { read: (path: string) => texts.get(path), list: () => ['main.js'] }
  try {
    await loadSpec('/app/lambda.yml', { fragments, environment: {}, workingDirectory: '/app', files })
    return 'loaded'
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const isExplained = error.problems.length > 0 && error.problems.every(({ line }) => line > 0)
    return isExplained ? 'refused' : 'refused without a reason'
  }
}

const snippets = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  ', ',
  '- ',
  '\n',
  '\n  ',
  '\t',
  '"',
  "'",
  '&a ',
  '*a',
  '*base',
  '<<: ',
  '!Ref ',
  '!Sub ',
  '!GetAtt ',
  '${',
  '}',
  '${self:',
  '${self:custom}',
  '${self:}',
  '${env:X}',
  '${file(events.yml)}',
  '${file(lambda.yml)}',
  '${file(',
  ')',
  'null',
  '~',
  '0',
  '-1',
  '1e400',
  '.inf',
  'true',
  '__proto__',
  'constructor',
  '---\n',
  '#',
  '|\n',
  '>',
  '!!str ',
  '!!binary ',
  '%',
  '@',
  '?',
)
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat(20)),
  insert: fc.oneof(fc.constant(''), snippets, fc.string({ maxLength: 5 })),
})

function edited(text: string, edits: readonly { at: number; remove: number; insert: string }[]): string {
  return edits.reduce((current, { at, remove, insert }) => {
    const index = Math.floor(at * current.length)
    return current.slice(0, index) + insert + current.slice(index + remove)
  }, text)
}

test('the file that is mutated below is a good one', async () => {
  expect(await outcomeOf(whole)).toBe('loaded')
})

test('whatever happens to the text, the loader loads it or explains it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      expect(await outcomeOf(edited(whole, edits))).toMatch(/^(loaded|refused)$/)
    }),
    { numRuns: 1500 },
  )
})

test('whatever happens to an included file, the loader loads it or explains it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      expect(await outcomeOf(whole, edited(eventsFile, edits))).toMatch(/^(loaded|refused)$/)
    }),
    { numRuns: 300 },
  )
})

test('lines may be removed, repeated and moved', async () => {
  const lines = whole.split('\n')
  const indices = fc.array(fc.nat(lines.length - 1), { minLength: 1, maxLength: lines.length })
  await fc.assert(
    fc.asyncProperty(indices, async (order) => {
      expect(await outcomeOf(order.map((index) => lines[index]).join('\n'))).toMatch(/^(loaded|refused)$/)
    }),
    { numRuns: 500 },
  )
})

test.each([
  '',
  '\u0000',
  '\uFEFF',
  '[]',
  'a',
  '- a',
  '? a',
  '{}',
  'functions',
  '<<: 1',
  '*a',
  '&a *a',
  '&a [*a]',
])('the file %j is refused, not more', async (text) => {
  expect(await outcomeOf(text)).toBe('refused')
})

test('names of object prototypes are names like any other', async () => {
  const text = `functions: { __proto__: { handler: src/main.a }, constructor: { handler: src/main.b, environment: { toString: x, valueOf: y } } }\n`
  const files = { read: () => text, list: () => ['main.js'] }
  const spec = await loadSpec('/app/lambda.yml', {
    fragments,
    environment: {},
    workingDirectory: '/app',
    files,
  })
  expect(spec.functions.map(({ name, environment }) => [name, environment])).toEqual([
    ['__proto__', {}],
    ['constructor', { toString: 'x', valueOf: 'y' }],
  ])
})
