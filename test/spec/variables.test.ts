import { expect, test } from 'vitest'
import { loadSpec, type Spec, SpecError } from '../../src/spec/index.ts'
import { fragments } from './fragments.ts'

/** Loads a spec from files that exist only here. */
async function load(
  yaml: string,
  others: Record<string, string> = {},
  environment: Record<string, string> = {},
): Promise<Spec> {
  const texts = new Map(
    Object.entries({ 'lambda.yml': yaml, ...others }).map(([name, text]) => [`/app/${name}`, text]),
  )
  const files = { read: (path: string) => texts.get(path), list: () => ['main.js'] }
  return loadSpec('lambda.yml', { fragments, environment, workingDirectory: '/app', files })
}

/** The environment of a function whose variables are given. */
async function values(
  variables: string,
  custom = '',
  others?: Record<string, string>,
  environment?: Record<string, string>,
) {
  const yaml = `service: orders\ncustom: { ${custom} }\nfunctions:\n  main:\n    handler: main.handler\n    environment:\n${variables
    .split('\n')
    .map((line) => `      ${line.trim()}`)
    .join('\n')}\n`
  return (await load(yaml, others, environment)).functions[0]?.environment
}

test('`${env:}` reads the environment, or takes its default, quoted or not', async () => {
  const environment = { STAGE: 'prod', EMPTY: '' }
  const found = await values(
    `AA: \${env:STAGE}
     BB: \${env:NOPE, dev}
     CC: \${env:NOPE, 'a, b'}
     DD: \${env:NOPE, "x"}
     EE: \${env:EMPTY, used when empty}
     FF: \${env:NOPE, \${env:STAGE}}
     GG: pre-\${env:STAGE}-\${env:NOPE, 3}-post
     HH: \${env:NOPE, ''}
     II: \${env:NOPE, http://localhost:3000/a}
     JJ: "\\\\\${env:STAGE}"`,
    '',
    {},
    environment,
  )
  expect(found).toEqual({
    AA: 'prod',
    BB: 'dev',
    CC: 'a, b',
    DD: 'x',
    EE: 'used when empty',
    FF: 'prod',
    GG: 'pre-prod-3-post',
    HH: '',
    II: 'http://localhost:3000/a',
    JJ: '${env:STAGE}',
  })
})

test('`${self:}` reads this file, through other variables, whatever the order', async () => {
  const found = await values(
    `AA: \${self:service}
     BB: \${self:custom.stages.\${self:custom.stage}.url}
     CC: \${self:custom.list.1}
     DD: \${self:custom.alias.prod.url}
     EE: \${self:custom.nothing, fallback}
     FF: \${self:functions.main.environment.AA}`,
    'stage: prod, stages: { prod: { url: "https://${self:service}" } }, list: [a, b], alias: "${self:custom.stages}", nothing: null',
  )
  expect(found).toEqual({
    AA: 'orders',
    BB: 'https://orders',
    CC: 'b',
    DD: 'https://orders',
    EE: 'fallback',
    FF: 'orders',
  })
})

test('`${file()}` reads YAML, JSON and text; their variables are resolved, too', async () => {
  const others = {
    'config/base.yml': 'name: ${self:service}-db\nports: [1, 2]\n',
    'config/base.json': '{\n\t"deep": { "url": "x://${env:HOST}" }\n}',
    'note.txt': 'first line\n',
  }
  const found = await values(
    `AA: \${file(config/base.yml):name}
     BB: \${file(./config/base.json):deep.url}
     CC: \${file(note.txt)}
     DD: \${file(config/base.yml):ports.0}
     EE: \${file(missing.yml):a, none}
     FF: \${file(config/\${self:custom.which}.yml):name}`,
    'which: base',
    others,
    { HOST: 'db' },
  )
  expect(found).toEqual({
    AA: 'orders-db',
    BB: 'x://db',
    CC: 'first line',
    DD: '1',
    EE: 'none',
    FF: 'orders-db',
  })
})

test('a whole value keeps its type, and text of the environment becomes the number that is asked for', async () => {
  const spec = await load(
    `functions:
  main:
    handler: main.handler
    timeout: \${env:TIMEOUT}
    memorySize: \${env:NOPE, 512}
    events: \${file(events.yml)}
    url: \${env:URL}
    environment: { CODE: "\${env:CODE}" }
`,
    { 'events.yml': '- sqs: orders\n- schedule: rate(1 hour)\n' },
    { TIMEOUT: '5', CODE: '007', URL: 'true' },
  )
  expect(spec.functions[0]).toMatchObject({
    timeoutSeconds: 5,
    memoryMegabytes: 512,
    url: { cors: null },
    environment: { CODE: '007' },
    events: [{ source: 'sqs' }, { source: 'schedule' }],
  })
  expect(spec.sources).toEqual(['/app/lambda.yml', '/app/events.yml'])
})

test('text of the environment that is refused is shown as what it was taken for', async () => {
  const yaml =
    'functions: { main: { handler: main.handler, timeout: "${env:A}", maximumEventAge: "${env:B}" } }\n'
  const loading = load(yaml, {}, { A: '901', B: '7h' })
  await expect(loading).rejects.toMatchObject({
    problems: [
      { message: '`timeout` cannot be `901`' },
      { message: '`maximumEventAge` cannot be the text `7h` (25200 seconds)' },
    ],
  })
})

test('whole functions and queues may come from other files, which are named in the problems', async () => {
  const yaml = 'functions: ${file(functions.yml)}\n'
  const error: unknown = await load(yaml, {
    'functions.yml': 'main:\n  handler: main.handler\n  timeout: -1\n',
  }).catch((reason: unknown) => reason)
  if (!(error instanceof SpecError)) throw error
  expect(error.problems).toMatchObject([{ file: 'functions.yml', line: 3, column: 12 }])
  expect(error.sources).toEqual(['/app/lambda.yml', '/app/functions.yml'])
})

test.each([
  ['doubling text', (n: number) => `"\${self:custom.a${n}}\${self:custom.a${n}}"`],
  ['doubling lists', (n: number) => `["\${self:custom.a${n}}", "\${self:custom.a${n}}"]`],
])('%s over and over is stopped', async (_, next) => {
  const lines = Array.from({ length: 45 }, (_, index) => `  a${index + 1}: ${next(index)}`)
  const yaml = `custom:\n  a0: some text\n${lines.join('\n')}\nfunctions: { main: { handler: main.handler } }\n`
  await expect(load(yaml)).rejects.toBeInstanceOf(SpecError)
})

test('YAML aliases that multiply are stopped', async () => {
  const lines = Array.from(
    { length: 30 },
    (_, index) => `  a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
  )
  const yaml = `custom:\n  a0: &a0 [x]\n${lines.join('\n')}\nfunctions: { main: { handler: main.handler } }\n`
  await expect(load(yaml)).rejects.toThrow(/more than 100,000 values/)
})

test('YAML aliases that nest without end are stopped', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `  a${index + 1}: &a${index + 1} [*a${index}]`)
  const yaml = `custom:\n  a0: &a0 [x]\n${lines.join('\n')}\nfunctions: { main: { handler: main.handler } }\n`
  await expect(load(yaml)).rejects.toThrow(/more than 200 levels/)
})
