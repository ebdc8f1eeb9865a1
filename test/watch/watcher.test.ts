import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Affected, createWatcher } from '../../src/watch/index.ts'

interface Project {
  readonly root: string
  readonly changes: Affected[]
  readonly broken: Set<string>
  /** Resolves with the next change after the last one seen here. */
  next(): Promise<Affected>
}

/** A folder with `lambda.yml` and two functions, watched. */
async function watchProject(): Promise<Project> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'lambent-watch-')))
  await mkdir(path.join(root, 'src'))
  for (const file of ['lambda.yml', 'src/a.js', 'src/b.js']) await writeFile(path.join(root, file), '1')
  const changes: Affected[] = []
  const broken = new Set<string>()
  let seen = 0
  let wake: (() => void) | undefined
  const watcher = await createWatcher({
    complete: () => Promise.resolve(),
    root,
    files: () => ({
      spec: [path.join(root, 'lambda.yml')],
      functions: new Map([
        ['a', [path.join(root, 'src/a.js')]],
        ['b', [path.join(root, 'src/b.js')]],
      ]),
      folders: new Map([['b', [path.join(root, 'layers')]]]),
    }),
    brokenFunctions: () => broken,
    onChange: (change) => {
      changes.push(change)
      wake?.()
    },
  })
  onTestFinished(async () => {
    await watcher.stop()
    await rm(root, { recursive: true, force: true })
  })
  return {
    root,
    changes,
    broken,
    async next() {
      while (changes.length <= seen) await new Promise<void>((resolve) => (wake = resolve))
      return changes[seen++] as Affected
    },
  }
}

it('says which function a saved file belongs to', async () => {
  const project = await watchProject()
  await writeFile(path.join(project.root, 'src/a.js'), '2')
  expect(await project.next()).toEqual({ spec: false, functions: ['a'] })
})

it('says that the spec changed', async () => {
  const project = await watchProject()
  await writeFile(path.join(project.root, 'lambda.yml'), '2')
  expect(await project.next()).toEqual({ spec: true, functions: [] })
})

it('notices a save that replaces the file, again and again', async () => {
  const project = await watchProject()
  for (let turn = 0; turn < 3; turn++) {
    const draft = path.join(project.root, `src/.a.js.${turn}`)
    await writeFile(draft, String(turn))
    await rename(draft, path.join(project.root, 'src/a.js'))
    expect(await project.next()).toEqual({ spec: false, functions: ['a'] })
  }
})

it('says nothing of files that belong to nothing, or lie where nobody looks', async () => {
  const project = await watchProject()
  await writeFile(path.join(project.root, 'notes.txt'), '1')
  await mkdir(path.join(project.root, 'node_modules'))
  await writeFile(path.join(project.root, 'node_modules/x.js'), '1')
  await writeFile(path.join(project.root, 'src/b.js'), '2')
  expect(await project.next()).toEqual({ spec: false, functions: ['b'] })
  expect(project.changes).toHaveLength(1)
})

it('looks into a build folder for what a function is made of, and for nothing else there', async () => {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'lambent-watch-')))
  await mkdir(path.join(root, 'dist'))
  const handler = path.join(root, 'dist/handler.js')
  await writeFile(handler, '1')
  const changes: Affected[] = []
  const watcher = await createWatcher({
    complete: () => Promise.resolve(),
    root,
    files: () => ({ spec: [], functions: new Map([['built', [handler]]]), folders: new Map() }),
    brokenFunctions: () => new Set(),
    onChange: (change) => void changes.push(change),
  })
  onTestFinished(async () => {
    await watcher.stop()
    await rm(root, { recursive: true, force: true })
  })
  for (let turn = 1; turn <= 2; turn++) {
    await writeFile(path.join(root, 'dist/draft'), String(turn))
    await rename(path.join(root, 'dist/draft'), handler)
    await expect.poll(() => changes.length).toBeGreaterThanOrEqual(turn)
  }
  expect(new Set(changes.flatMap(({ functions }) => functions))).toEqual(new Set(['built']))
})

it('sees whatever changes in a folder that belongs to a function, packages as well', async () => {
  const project = await watchProject()
  const file = path.join(project.root, 'layers/nodejs/node_modules/greeting/index.js')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, '1')
  expect(await project.next()).toEqual({ spec: false, functions: ['b'] })
})

it('takes a new file for what a broken function was missing', async () => {
  const project = await watchProject()
  project.broken.add('b')
  await writeFile(path.join(project.root, 'src/late.js'), '1')
  expect(await project.next()).toEqual({ spec: false, functions: ['b'] })
})

it('takes what is saved together for one change', async () => {
  const project = await watchProject()
  await Promise.all(
    ['src/a.js', 'src/b.js', 'lambda.yml'].map((file) => writeFile(path.join(project.root, file), '2')),
  )
  const first = await project.next()
  expect(first.spec || first.functions.length > 0).toBe(true)
  const told = () =>
    new Set(project.changes.flatMap(({ spec, functions }) => [...functions, ...(spec ? ['spec'] : [])]))
  await expect.poll(told).toEqual(new Set(['a', 'b', 'spec']))
  expect(project.changes.length).toBeLessThanOrEqual(3)
})

it('is silent after it was stopped, and stopping twice is harmless', async () => {
  const project = await watchProject()
  const told: Affected[] = []
  const stopped = await createWatcher({
    complete: () => Promise.resolve(),
    root: project.root,
    files: () => ({
      spec: [path.join(project.root, 'lambda.yml')],
      functions: new Map(),
      folders: new Map(),
    }),
    brokenFunctions: () => new Set(),
    onChange: (change) => void told.push(change),
  })
  await stopped.stop()
  await stopped.stop()
  await writeFile(path.join(project.root, 'lambda.yml'), '2')
  await project.next()
  expect(told).toEqual([])
})
