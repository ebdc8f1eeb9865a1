import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { lambent } from './lambent.ts'

test.each<[string, string[], string]>([
  ['no command', [], 'Usage: lambent'],
  ['an unknown command', ['strat'], 'Did you mean start?'],
  ['an unknown flag', ['dev', '--prot', '1'], 'Did you mean --port?'],
  ['a value that is none', ['dev', '--clock', 'soon'], 'Expected live, frozen, or a factor such as 60x.'],
  ['a port that is none', ['dev', '--port', 'x'], 'Expected a port'],
  [
    'an address for all to reach',
    ['start', '--host', '0.0.0.0'],
    'Expected an address of this machine alone',
  ],
  ['flags that exclude each other', ['dev', '--data', 'a', '--ephemeral'], 'cannot be used with'],
  ['a missing argument', ['invoke'], "missing required argument 'function'"],
  ['too many arguments', ['validate', 'a', 'b'], 'too many arguments'],
])('wrong usage exits with 2 and says what is wrong: %s', async (_what, parameters, said) => {
  const { exitCode, stdout, stderr } = await lambent(parameters)
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain(said)
})

test.each([['--help'], ['help'], ['help', 'dev'], ['dev', '--help'], ['--version']])(
  'help that was asked for is no mistake: %s %s',
  async (...parameters) => {
    expect(await lambent(parameters)).toMatchObject({ exitCode: 0, stderr: '' })
  },
)

test('the version is that of the package', async () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  expect((await lambent(['--version'])).stdout).toBe(`${version}\n`)
})

test('docs/cli.md names every command and every flag, and no others', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8')
  const headings = [...page.matchAll(/^## `lambent ([^`]*)`/gm)].map(([, usage]) => usage?.split(' ')[0])
  const commands = createProgram().commands.filter((command) => command.name() !== 'help')
  expect(headings).toEqual(commands.map((command) => command.name()))

  const flagsInPage = new Set([...page.matchAll(/(?<![\w-])--[a-z]+(?:-[a-z]+)*/g)].map(([flag]) => flag))
  const flags = new Set(commands.flatMap(allFlags))
  expect([...flagsInPage].filter((flag) => !flags.has(flag)).sort()).toEqual(['--help', '--version'])
  expect([...flags].filter((flag) => !flagsInPage.has(flag))).toEqual([])
})

const allFlags = (command: Command): string[] => [
  ...command.options.flatMap(({ long }) => (long == null ? [] : [long])),
  ...command.commands.flatMap(allFlags),
]

test('until a command runs, nothing but commander is loaded', () => {
  const source = path.resolve(import.meta.dirname, '../../src/cli')
  const loaded = new Set<string>()
  const visit = (file: string): void => {
    const text = readFileSync(file, 'utf8')
    for (const [, from = ''] of text.matchAll(/^import (?!type\b)[^'"]*?'([^']+)'/gms)) {
      if (from.startsWith('.')) visit(path.resolve(path.dirname(file), from))
      else loaded.add(from)
    }
  }
  visit(path.join(source, 'run.ts'))
  expect([...loaded].sort()).toEqual(['commander', 'node:fs'])
})

test.skipIf(!existsSync('/dev/full'))('output that cannot be written is a failure', () => {
  const program = path.resolve(import.meta.dirname, '../../dist/cli/main.js')
  const run = spawnSync('sh', ['-c', `"${process.execPath}" "${program}" --help > /dev/full`])
  expect([run.status, String(run.stderr)]).toEqual([
    1,
    expect.stringMatching(/^error: the output cannot be written: ENOSPC/),
  ])
})
