import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { type Bench, startEmptyBench } from './harness.ts'

const RUNTIMES = [['nodejs22.x'], ['nodejs24.x']] as const

/** Writes files below the bench's folder, and answers the folder of a layer there. */
async function write(bench: Bench, files: Record<string, string>): Promise<(layer: string) => string> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(bench.directory, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  return (layer) => path.join(bench.directory, 'layers', layer)
}

const packageOf = (layer: string, name: string, value: string): Record<string, string> => ({
  [`layers/${layer}/nodejs/node_modules/${name}/index.js`]: `module.exports = '${value}'`,
})

it.each(RUNTIMES)('%s: requires packages of layers, the later layer first', async (runtime) => {
  const bench = await startEmptyBench()
  const layer = await write(bench, {
    'index.cjs': `const [shared, own] = [require('shared'), require('own')]; exports.handler = async () => [shared, own]`,
    ...packageOf('first', 'shared', 'first'),
    ...packageOf('first', 'own', 'own'),
    ...packageOf('second', 'shared', 'second'),
  })
  const layers = [layer('first'), layer('second')]
  expect((await bench.once('index.handler', {}, { runtime, layers })).value).toEqual(['second', 'own'])
})

it.each(RUNTIMES)('%s: a folder for one version of Node.js comes first', async (runtime) => {
  const bench = await startEmptyBench()
  const layer = await write(bench, {
    'index.cjs': `exports.handler = async () => require('shared')`,
    ...packageOf('common', 'shared', 'any'),
    'layers/common/nodejs/node24/node_modules/shared/index.js': `module.exports = '24'`,
  })
  const { value } = await bench.once('index.handler', {}, { runtime, layers: [layer('common')] })
  expect(value).toBe(runtime === 'nodejs24.x' ? '24' : 'any')
})

it.each(RUNTIMES)('%s: TypeScript handlers find them as well', async (runtime) => {
  const bench = await startEmptyBench()
  const layer = await write(bench, {
    'index.ts': `import shared from 'shared'\nexport const handler = async (): Promise<string> => shared`,
    ...packageOf('common', 'shared', 'any'),
  })
  expect((await bench.once('index.handler', {}, { runtime, layers: [layer('common')] })).value).toBe('any')
})

it('ES modules do not see them, as on AWS', async () => {
  const bench = await startEmptyBench()
  const layer = await write(bench, {
    'index.mjs': `import shared from 'shared'\nexport const handler = async () => shared`,
    ...packageOf('common', 'shared', 'any'),
  })
  const { value } = await bench.once('index.handler', {}, { layers: [layer('common')] })
  expect(value).toMatchObject({
    errorType: 'Error',
    errorMessage: expect.stringContaining("Cannot find package 'shared'") as unknown,
  })
})

it('the function’s own packages come before those of layers, and its folder counts as well', async () => {
  const bench = await startEmptyBench()
  const layer = await write(bench, {
    'src/index.cjs': `exports.handler = async () => [require('shared'), require('lib/own.cjs')]`,
    'node_modules/shared/index.js': `module.exports = 'mine'`,
    'lib/own.cjs': `module.exports = 'from the root'`,
    ...packageOf('common', 'shared', 'any'),
  })
  const { value } = await bench.once('src/index.handler', {}, { layers: [layer('common')] })
  expect(value).toEqual(['mine', 'from the root'])
})

it('programs and libraries of layers are found by what a handler starts', async () => {
  const bench = await startEmptyBench({ host: { PATH: '/bin', LD_LIBRARY_PATH: '/lib/host' } })
  const layer = await write(bench, {
    'index.cjs': `exports.handler = async () => [process.env.PATH, process.env.LD_LIBRARY_PATH]`,
  })
  const layers = [layer('first'), layer('second')]
  const { value } = await bench.once('index.handler', {}, { layers })
  const folders = (name: string): string =>
    [layer(`second/${name}`), layer(`first/${name}`)].join(path.delimiter)
  expect(value).toEqual([
    `/bin${path.delimiter}${folders('bin')}`,
    `/lib/host${path.delimiter}${folders('lib')}`,
  ])
})

it('without layers nothing of the kind is set, but for the function’s own folder', async () => {
  const bench = await startEmptyBench({ host: { PATH: '/bin' } })
  await write(bench, {
    'index.cjs': `exports.handler = async () => [process.env.PATH, process.env.LD_LIBRARY_PATH, process.env.NODE_PATH]`,
  })
  const { value } = await bench.once('index.handler')
  expect(value).toEqual(['/bin', null, bench.directory])
})

it('a layer that changed is used from the next deployment on', async () => {
  const bench = await startEmptyBench()
  const layer = await write(bench, {
    'index.cjs': `const shared = require('shared'); exports.handler = async () => shared`,
    ...packageOf('common', 'shared', 'old'),
  })
  const name = await bench.deploy('index.handler', { layers: [layer('common')] })
  expect((await bench.run(name)).value).toBe('old')
  await write(bench, packageOf('common', 'shared', 'new'))
  await bench.functions.reload([name])
  expect((await bench.run(name)).value).toBe('new')
})
