import { readdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Bench } from './harness.ts'
import { startEmptyBench } from './harness.ts'

const save = (bench: Bench, file: string, text: string): Promise<void> =>
  writeFile(path.join(bench.directory, file), text)
const answering = (text: string): string => `exports.handler = async () => '${text}'`

describe('a new generation', () => {
  it('answers from the moment the deployment has resolved', async () => {
    const bench = await startEmptyBench()
    await save(bench, 'a.js', answering('one'))
    const definition = bench.define('a.handler')
    await bench.functions.deploy(definition)
    expect((await bench.run('a-handler')).value).toBe('one')
    await save(bench, 'a.js', answering('two'))
    expect((await bench.run('a-handler')).value).toBe('one')
    await bench.functions.reload(['a-handler'])
    const { value, report } = await bench.run('a-handler')
    expect(value).toBe('two')
    expect(report.initMs).toBeUndefined()
    expect(bench.told.deployed).toEqual(['a-handler', 'a-handler'])
    expect(bench.told.ended).toEqual(['replaced'])
  })

  it('lets events in flight end on the old code', async () => {
    const bench = await startEmptyBench()
    const slow = (text: string): string =>
      `exports.handler = () => new Promise((done) => setTimeout(() => done('${text}'), 300))`
    await save(bench, 'a.js', slow('old'))
    await bench.functions.deploy(bench.define('a.handler', { runtime: 'nodejs24.x' }))
    const old = bench.run('a-handler')
    await save(bench, 'a.js', slow('new'))
    await bench.functions.reload()
    const [first, second] = await Promise.all([old, bench.run('a-handler')])
    expect([first.value, second.value]).toEqual(['old', 'new'])
    expect(bench.told.ended).toEqual(['replaced'])
  })

  it('drops nothing and runs nothing stale under load', async () => {
    const bench = await startEmptyBench()
    await save(bench, 'a.js', answering('0'))
    await bench.functions.deploy(bench.define('a.handler'))
    let deployed = 0
    let isOver = false
    let stale = 0
    let answered = 0
    const callers = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const atLeast = deployed
        const { kind, value } = await bench.run('a-handler')
        expect({ kind, value: kind === 'success' ? undefined : value }).toEqual({ kind: 'success' })
        answered++
        if (Number(value) < atLeast) stale++
      }
    })
    for (let generation = 1; generation <= 10; generation++) {
      await save(bench, 'a.js', answering(String(generation)))
      await bench.functions.reload()
      deployed = generation
    }
    isOver = true
    await Promise.all(callers)
    expect(stale).toBe(0)
    expect(answered).toBeGreaterThan(50)
    expect((await bench.run('a-handler')).value).toBe('10')
  })

  it('of deployments at the same time the last definition wins', async () => {
    const bench = await startEmptyBench()
    await save(bench, 'a.js', `exports.handler = async () => process.env.STAGE`)
    const stages = ['one', 'two', 'three', 'four']
    await Promise.all(
      stages.map((STAGE) => bench.functions.deploy(bench.define('a.handler', { environment: { STAGE } }))),
    )
    expect((await bench.run('a-handler')).value).toBe('four')
    expect(bench.told.deployed.length).toBeLessThanOrEqual(2)
  })

  it('holds back runs that come before the first deployment is done', async () => {
    const bench = await startEmptyBench()
    await save(bench, 'a.js', answering('one'))
    const deploying = bench.functions.deploy(bench.define('a.handler'))
    expect((await bench.run('a-handler')).value).toBe('one')
    await deploying
  })

  it('follows a handler that moves', async () => {
    const bench = await startEmptyBench()
    await save(bench, 'a.js', answering('a'))
    await save(bench, 'b.js', answering('b'))
    await bench.functions.deploy(bench.define('a.handler', { name: 'f' }))
    await bench.functions.deploy(bench.define('b.handler', { name: 'f' }))
    expect((await bench.run('f')).value).toBe('b')
    expect(bench.functions.filesOf('f')).toEqual([path.join(bench.directory, 'b.js')])
  })

  it('removing lets events end and forgets the function', async () => {
    const bench = await startEmptyBench()
    await save(
      bench,
      'a.js',
      `exports.handler = () => new Promise((done) => setTimeout(() => done('end'), 100))`,
    )
    await bench.functions.deploy(bench.define('a.handler'))
    const last = bench.run('a-handler')
    await bench.functions.remove('a-handler')
    expect((await last).value).toBe('end')
    expect(bench.functions.environments('a-handler')).toEqual([])
    await expect(bench.run('a-handler')).rejects.toThrow('No function named a-handler')
  })
})

describe('broken code', () => {
  it('is told with its place, answers as AWS does, and heals with the next good save', async () => {
    const bench = await startEmptyBench()
    await save(bench, 'a.js', answering('one'))
    await bench.functions.deploy(bench.define('a.handler'))
    await save(bench, 'a.js', 'exports.handler = async () => {\n  const = 5\n}\n')
    await bench.functions.reload()
    expect(bench.told.failed).toMatchObject([
      {
        functionName: 'a-handler',
        message: "Runtime.UserCodeSyntaxError: SyntaxError: Unexpected token '='",
      },
    ])
    expect(bench.told.failed[0]?.frame).toMatch(/a\.js:2:8:\n\s+2 │ {3}const = 5\n\s+╵ {9}\^/)
    expect((await bench.run('a-handler')).value).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' })
    await save(bench, 'a.js', answering('two'))
    await bench.functions.reload()
    expect((await bench.run('a-handler')).value).toBe('two')
  })

  it('shows where an error at the top level was thrown', async () => {
    const bench = await startEmptyBench()
    await save(bench, 'a.js', `// first\nthrow new Error('top')\n`)
    await bench.functions.deploy(bench.define('a.handler'))
    expect(bench.told.failed).toEqual([
      {
        functionName: 'a-handler',
        message: 'Error: top',
        frame: `${bench.directory}/a.js:2:7\n1 | // first\n2 | throw new Error('top')\n  |       ^\n3 | `,
      },
    ])
  })

  it('knows which missing file would mend it', async () => {
    const bench = await startEmptyBench()
    await save(bench, 'a.js', `exports.handler = async () => require('./late.js')`)
    await bench.functions.deploy(bench.define('a.handler'))
    expect(bench.functions.filesOf('a-handler')).toContain(path.join(bench.directory, 'late.js'))
    expect((await bench.run('a-handler')).kind).toBe('functionError')
    await save(bench, 'late.js', `module.exports = 'there'`)
    await bench.functions.reload()
    expect((await bench.run('a-handler')).value).toBe('there')
  })

  it('waits for a handler file that is not there yet', async () => {
    const bench = await startEmptyBench()
    await bench.functions.deploy(bench.define('a.handler'))
    expect(bench.told.failed).toMatchObject([
      { message: expect.stringContaining("Cannot find module 'a'") as unknown },
    ])
    expect(bench.functions.filesOf('a-handler')).toContain(path.join(bench.directory, 'a.mjs'))
    await save(bench, 'a.mjs', `export const handler = async () => 'new'`)
    await bench.functions.reload()
    expect((await bench.run('a-handler')).value).toBe('new')
  })
})

describe('the module graph', () => {
  it('is the files of the function itself, followed later when it was deployed cold', async () => {
    const bench = await startEmptyBench()
    await save(
      bench,
      'a.js',
      `const b = require('./b.js'); require('node:fs'); exports.handler = async () => b`,
    )
    await save(bench, 'b.js', `module.exports = require('./c.json').text`)
    await save(bench, 'c.json', `{"text":"c"}`)
    await bench.functions.deploy(bench.define('a.handler'), { prewarm: false })
    const files = ['a.js', 'b.js', 'c.json'].map((file) => path.join(bench.directory, file))
    expect(bench.functions.filesOf('a-handler')).toEqual([files[0]])
    await bench.functions.traceFiles()
    expect([...bench.functions.filesOf('a-handler')].sort()).toEqual(files)
  })
})

describe('TypeScript', () => {
  const files = {
    'package.json': '{}',
    'a.ts': `import { shout } from './lib/shout'
import path from 'node:path'
interface Event { readonly text: string }
export const handler = async (event: Event): Promise<string[]> => [shout(event.text), path.basename(__dirname), __filename]
export const fails = async (): Promise<never> => {
  throw new TypeError('typed')
}
`,
    'lib/shout.ts': 'export const shout = (text: string): string => text.toUpperCase()\n',
  }

  async function project(extra: Record<string, string> = {}): Promise<Bench> {
    const bench = await startEmptyBench()
    const { mkdir } = await import('node:fs/promises')
    await mkdir(path.join(bench.directory, 'lib'))
    for (const [file, text] of Object.entries({ ...files, ...extra })) await save(bench, file, text)
    return bench
  }

  const built = async (bench: Bench): Promise<string[]> =>
    readdir(path.join(bench.directory, '.lambent/build'))

  it('runs from its own files, with the places of the source', async () => {
    const bench = await project()
    const { value } = await bench.once('a.handler', { text: 'hi' })
    expect(value).toEqual(['HI', path.basename(bench.directory), path.join(bench.directory, 'a.ts')])
    expect(bench.functions.filesOf('a-handler')).toEqual(
      expect.arrayContaining([
        path.join(bench.directory, 'a.ts'),
        path.join(bench.directory, 'lib/shout.ts'),
      ]),
    )
  })

  it('shows stack traces of the source', async () => {
    const bench = await project()
    const { value } = await bench.once('a.fails')
    expect((value as { trace: string[] }).trace.join('\n')).toContain(
      `${path.join(bench.directory, 'a.ts')}:6:9`,
    )
  })

  it('is a module where the package or the extension says so', async () => {
    const bench = await project({
      'package.json': '{"type":"module"}',
      'm.ts': `const now = await Promise.resolve('module')\nexport const handler = async () => [now, import.meta.url.endsWith('/m.ts')]`,
      'c.cts': `export const handler = async () => typeof require`,
    })
    expect((await bench.once('m.handler')).value).toEqual(['module', true])
    expect((await bench.once('c.handler')).value).toBe('function')
  })

  it('finds packages where they are installed', async () => {
    const bench = await project({
      'p.ts': `import { value } from 'some-package'\nexport const handler = async () => value`,
    })
    const { mkdir } = await import('node:fs/promises')
    await mkdir(path.join(bench.directory, 'node_modules/some-package'), { recursive: true })
    await save(bench, 'node_modules/some-package/index.js', `exports.value = 'from a package'`)
    expect((await bench.once('p.handler')).value).toBe('from a package')
    expect(bench.functions.filesOf('p-handler')).toEqual([path.join(bench.directory, 'p.ts')])
  })

  it('comes after JavaScript of the same name, as nothing else exists on AWS', async () => {
    const bench = await project({ 'a.js': answering('javascript') })
    expect((await bench.once('a.handler')).value).toBe('javascript')
  })

  it('keeps only the generation that runs', async () => {
    const bench = await project()
    await bench.functions.deploy(bench.define('a.handler'))
    expect(await built(bench)).toHaveLength(1)
    for (let turn = 0; turn < 3; turn++) await bench.functions.reload()
    await expect.poll(() => built(bench)).toHaveLength(1)
    await bench.functions.stop()
    expect(await built(bench)).toEqual([])
  })

  it('tells a broken build with its frame, answers it without an environment, and heals', async () => {
    const bench = await project()
    await bench.functions.deploy(bench.define('a.handler'))
    await save(bench, 'lib/shout.ts', 'export const shout = (text: string =>\n')
    await bench.functions.reload()
    expect(bench.told.failed[0]?.frame).toMatch(/ERROR[^]*lib\/shout\.ts:1:\d+:/)
    const { value, log } = await bench.run('a-handler')
    expect(value).toMatchObject({
      errorType: 'Runtime.UserCodeSyntaxError',
      errorMessage: expect.stringMatching(/^SyntaxError: .*shout\.ts:1:\d+\)$/) as unknown,
    })
    expect(log).toContain('Error Type: Runtime.UserCodeSyntaxError')
    expect(bench.functions.filesOf('a-handler')).toContain(path.join(bench.directory, 'lib/shout.ts'))
    await save(bench, 'lib/shout.ts', files['lib/shout.ts'])
    await bench.functions.reload()
    expect((await bench.run('a-handler', { text: 'x' })).value).toEqual(expect.arrayContaining(['X']))
  })

  it('knows where a module that is missing would appear', async () => {
    const bench = await project()
    await rename(path.join(bench.directory, 'lib/shout.ts'), path.join(bench.directory, 'lib/other.ts'))
    await bench.functions.deploy(bench.define('a.handler'))
    expect((await bench.run('a-handler')).value).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Error: Cannot find module './lib/shout'",
    })
    expect(bench.functions.filesOf('a-handler')).toContain(path.join(bench.directory, 'lib/shout.ts'))
  })
})
