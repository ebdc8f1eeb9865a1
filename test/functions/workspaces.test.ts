import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { type Bench, startEmptyBench } from './harness.ts'

const FILES = {
  'app/package.json': '{"name":"app"}',
  'packages/shared/package.json': '{"exports":{".":"./src/index.ts","./util":"./src/util.ts"}}',
  'packages/shared/src/index.ts': `import { deep } from 'deep'
import { readFileSync } from 'fs'
export enum Colour { Red = 'red' }
export const shared = (): unknown[] => [Colour.Red, deep, typeof readFileSync]`,
  'packages/shared/src/util.ts': `export const util: string = 'util'`,
  // As pnpm installs it: only the package itself finds what it depends on.
  'packages/shared/node_modules/deep/package.json': '{"main":"deep.js"}',
  'packages/shared/node_modules/deep/deep.js': `exports.deep = 'deep'`,
  'packages/plain/index.js': `module.exports = 'plain'`,
  'node_modules/installed/index.js': `module.exports = 'installed'`,
  'app/script.js': `const plain = require('@own/plain'); exports.handler = async () => [plain, require('installed')]`,
} as const

const TYPED = `import { shared } from '@own/shared'
import { util } from '@own/shared/util'
import plain from '@own/plain'
import installed from 'installed'
import none from '@mapped/none'
export const handler = async (): Promise<unknown> => [...shared(), util, plain, installed, none]`

async function workspace(): Promise<Bench> {
  const bench = await startEmptyBench()
  const write = (file: string, text: string) => {
    const target = path.join(bench.directory, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
  for (const [file, text] of Object.entries(FILES)) write(file, text)
  for (const file of ['typed.ts', 'module.mts', 'view.tsx']) write(`app/${file}`, TYPED)
  write('app/tsconfig.json', '{"compilerOptions":{"paths":{"@mapped/*":["./mapped/*"]}}}')
  write('app/mapped/none.ts', `export default 'mapped'`)
  mkdirSync(path.join(bench.directory, 'node_modules/@own'))
  for (const name of ['shared', 'plain'])
    symlinkSync(`../../packages/${name}`, path.join(bench.directory, 'node_modules/@own', name), 'junction')
  return bench
}

it.each(['typed', 'module', 'view'])(
  'the other packages of a workspace are code of one’s own, also in TypeScript (%s)',
  async (name) => {
    const bench = await workspace()
    const changes = { directory: path.join(bench.directory, 'app'), runtime: 'nodejs24.x' }
    const { value } = await bench.once(`${name}.handler`, {}, changes)
    expect(value).toEqual(['red', 'deep', 'function', 'util', 'plain', 'installed', 'mapped'])
    expect(bench.functions.filesOf(`${name}-handler`)).toContain(
      path.join(bench.directory, 'packages/shared/src/util.ts'),
    )
  },
)

it('a JavaScript handler follows them too, so that a change of them is seen', async () => {
  const bench = await workspace()
  const { value } = await bench.once('script.handler', {}, { directory: path.join(bench.directory, 'app') })
  expect(value).toEqual(['plain', 'installed'])
  await bench.functions.traceFiles()
  expect(bench.functions.filesOf('script-handler')).toContain(
    path.join(bench.directory, 'packages/plain/index.js'),
  )
})

it('a name that the compiler maps to a file is that file, although a package of the name is installed', async () => {
  const bench = await workspace()
  const directory = path.join(bench.directory, 'app')
  const mapped = { compilerOptions: { paths: { installed: ['./mapped/none.ts'] } } }
  writeFileSync(path.join(directory, 'base.json'), JSON.stringify(mapped))
  writeFileSync(path.join(directory, 'tsconfig.json'), '{ "extends": "./base.json" }')
  writeFileSync(
    path.join(directory, 'stubbed.ts'),
    `import value from 'installed'\nexport const handler = async () => value`,
  )
  expect((await bench.once('stubbed.handler', {}, { directory })).value).toBe('mapped')
})
