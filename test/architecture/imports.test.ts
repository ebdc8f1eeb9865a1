import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

/**
 * Who may import whom: the arrows of the code base, all pointing one way. Folders that are not listed for a folder
 * must not be imported by it; types of `spec/` may be used anywhere.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  system: [],
  store: ['system'],
  spec: [],
  patterns: ['system'],
  watch: ['system'],
  functions: ['system'],
  invoke: ['functions', 'store', 'system'],
  services: ['patterns', 'store', 'system'],
  sources: ['patterns', 'services', 'system'],
  mappings: ['patterns', 'sources', 'invoke', 'store', 'system'],
  api: ['functions', 'invoke', 'mappings', 'services', 'sources', 'spec', 'store', 'system', 'watch'],
  cli: ['api'],
}

/** Folders whose types may be imported from anywhere, or from the folders named. */
const TYPES_FROM: Readonly<Record<string, readonly string[]>> = {
  spec: Object.keys(MAY_IMPORT),
  system: ['cli'],
}

const source = path.resolve(import.meta.dirname, '../../src')

interface Import {
  readonly from: string
  readonly to: string
  readonly isTypeOnly: boolean
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.split(path.sep).join('/'))

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(path.join(source, from), 'utf8')
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gms,
  )
  return [...statements].map(([, type, fixed, dynamic]) => ({
    from,
    to: path.posix.join(path.posix.dirname(from), fixed ?? dynamic ?? ''),
    isTypeOnly: type !== undefined,
  }))
})

const folderOf = (file: string): string => file.split('/')[0] ?? ''

test('every import between folders points downwards', () => {
  const upwards = imports.filter(({ from, to, isTypeOnly }) => {
    const [a, b] = [folderOf(from), folderOf(to)]
    if (a === b || MAY_IMPORT[a]?.includes(b)) return false
    return !(isTypeOnly && TYPES_FROM[b]?.includes(a))
  })
  expect(upwards.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
})

test('every folder is entered by its index (or by the signals of a service)', () => {
  const faces = /^(\w+\/index\.ts|spec\/types\.ts|services\/signals\.ts|services\/\w+\/(index|signals)\.ts)$/
  const around = imports.filter(({ from, to }) => folderOf(from) !== folderOf(to) && !faces.test(to))
  expect(around.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
})

test('no file imports itself by a roundabout way', () => {
  const edges = new Map<string, string[]>()
  for (const { from, to, isTypeOnly } of imports) {
    if (!isTypeOnly) edges.set(from, [...(edges.get(from) ?? []), to])
  }
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file)
    if (start >= 0) cycles.push([...trail.slice(start), file].join(' -> '))
    if (start >= 0 || done.has(file)) return
    for (const next of edges.get(file) ?? []) visit(next, [...trail, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})

test('every file that is imported exists', () => {
  const known = new Set(files)
  expect(imports.filter(({ to }) => !known.has(to)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
})

test('no file knows everything: but for the wiring, none reaches into more than four other folders', () => {
  const wiring = new Set(['api/runner.ts', 'api/start.ts'])
  const broad = files.flatMap((file) => {
    const reached = new Set(
      imports.filter(({ from, isTypeOnly }) => from === file && !isTypeOnly).map(({ to }) => folderOf(to)),
    )
    reached.delete(folderOf(file))
    return reached.size > 4 && !wiring.has(file) ? [`${file}: ${[...reached].join(', ')}`] : []
  })
  expect(broad).toEqual([])
})

test('no file is so long that it must hold several ideas', () => {
  const long = files.flatMap((file) => {
    const lines = readFileSync(path.join(source, file), 'utf8').split('\n').length
    return lines > 450 ? [`${file}: ${lines}`] : []
  })
  expect(long).toEqual([])
})

test('time and randomness come in through system/ alone', () => {
  const outside = files.filter((file) => {
    // The executor's worker lives inside the handler's world, where time is the handler's own.
    if (file.startsWith('system/') || file.startsWith('functions/executor/') || file.startsWith('cli/'))
      return false
    const text = readFileSync(path.join(source, file), 'utf8')
    return /\b(Date\.now\(|new Date\(\)|setTimeout\(|setInterval\(|Math\.random\(|randomUUID\(|performance\.now\()/.test(
      text,
    )
  })
  expect(outside).toEqual([])
})
