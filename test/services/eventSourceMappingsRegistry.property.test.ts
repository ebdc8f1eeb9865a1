import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMappingRegistry, type MappingSettings } from '../../src/services/lambda/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'

const QUEUES = ['a', 'b', 'c'] as const
type Queue = (typeof QUEUES)[number]

const targetOf = (queue: Queue) => ({
  functionName: 'worker',
  qualifier: null,
  eventSourceArn: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
})
const settingsOf = (batchSize: number): MappingSettings => ({
  kind: 'queue',
  batchSize,
  windowMs: 0,
  reportsItemFailures: false,
  maximumConcurrency: null,
  provisionedPollers: null,
  filters: [],
  metrics: [],
  isEnabled: true,
})

/** What is known of one queue's mapping; a batch size stands for all settings. */
interface Known {
  /** What the file says. */
  declared?: number | undefined
  /** What the declared mapping has become; `deleted` by the API. */
  own?: number | 'deleted' | undefined
  /** A mapping that the API made. */
  made?: number | undefined
}

const shownOf = ({ own, made }: Known): number | undefined =>
  own === undefined || own === 'deleted' ? made : own

function declare(known: Known, size: number | undefined): void {
  if (size === known.declared) return
  known.declared = size
  known.own = size
  // The declaration takes the mapping over that the API made.
  if (size !== undefined) known.made = undefined
}

const queue = fc.constantFrom(...QUEUES)
const size = fc.integer({ min: 1, max: 3 })
const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('declare' as const),
      sizes: fc.record({ a: size, b: size, c: size }, { requiredKeys: [] }),
    }),
    fc.record({ kind: fc.constant('create' as const), queue, size }),
    fc.record({ kind: fc.constant('update' as const), queue, size }),
    fc.record({ kind: fc.constant('remove' as const), queue }),
    fc.record({ kind: fc.constant('restart' as const) }),
  ),
  { maxLength: 30 },
)

test('the latest word counts: that of the API, until the declaration changes', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const store = createMemoryStore()
      let registry = createMappingRegistry(store)
      const model: Record<Queue, Known> = { a: {}, b: {}, c: {} }
      const found = (name: Queue) =>
        registry.list().find(({ eventSourceArn }) => eventSourceArn === targetOf(name).eventSourceArn)
      let made = 0
      for (const step of run) {
        const ids = new Map(QUEUES.map((name) => [name, found(name)?.uuid]))
        const before = new Set(registry.list().map(({ uuid }) => uuid))
        const begun: string[] = []
        let gone: string[] = []
        switch (step.kind) {
          case 'declare': {
            const declared = QUEUES.flatMap((name) => {
              const batchSize = step.sizes[name]
              declare(model[name], batchSize)
              return batchSize === undefined ? [] : [{ ...targetOf(name), settings: settingsOf(batchSize) }]
            })
            gone = await registry.declare(declared, 0, async ({ uuid }) => {
              begun.push(uuid)
            })
            break
          }
          case 'create': {
            const known = model[step.queue]
            if (shownOf(known) !== undefined) break
            known.made = step.size
            await registry.keep({
              ...targetOf(step.queue),
              uuid: `made ${++made}`,
              settings: settingsOf(step.size),
              kmsKeyArn: null,
              tags: {},
              modifiedMs: 0,
            })
            break
          }
          case 'update': {
            const known = model[step.queue]
            const mapping = found(step.queue)
            if (!mapping) break
            if (typeof known.own === 'number') known.own = step.size
            else known.made = step.size
            await registry.keep({ ...mapping, settings: settingsOf(step.size) })
            break
          }
          case 'remove': {
            const known = model[step.queue]
            const mapping = found(step.queue)
            if (!mapping) break
            if (typeof known.own === 'number') known.own = 'deleted'
            else known.made = undefined
            await registry.remove(mapping)
            break
          }
          case 'restart':
            registry = createMappingRegistry(store)
        }
        const after = registry.list().map(({ uuid }) => uuid)
        const isDeclared = step.kind === 'declare'
        expect(begun.toSorted()).toEqual(
          isDeclared ? after.filter((uuid) => !before.has(uuid)).toSorted() : [],
        )
        const left = isDeclared ? [...before].filter((uuid) => !after.includes(uuid)) : []
        expect(gone).toEqual(expect.arrayContaining(left))
        expect(after.filter((uuid) => gone.includes(uuid))).toEqual([])
        const staying = QUEUES.filter((name) => ids.get(name) !== undefined && found(name))
        expect(staying.map((name) => found(name)?.uuid)).toEqual(staying.map((name) => ids.get(name)))
        const shown = QUEUES.map((name) => found(name)?.settings.batchSize)
        expect(shown).toEqual(QUEUES.map((name) => shownOf(model[name])))
        const visible = shown.filter((one) => one !== undefined)
        expect(registry.list()).toHaveLength(visible.length)
      }
    }),
  )
})

test('a mapping that was kept before there were other kinds is one of a queue', async () => {
  const store = createMemoryStore()
  const { kind: _, ...settings } = settingsOf(3)
  const { kind: __, ...changed } = settingsOf(4)
  const mapping = {
    ...targetOf('a'),
    uuid: 'old',
    settings: changed,
    kmsKeyArn: null,
    tags: {},
    modifiedMs: 0,
  }
  const declaration = { target: targetOf('a'), text: JSON.stringify(settings) }
  await store.set('lambda.eventSourceMappings', 'old', { mapping, declaration, isDeleted: false })
  const registry = createMappingRegistry(store)
  const kept = [{ ...mapping, settings: settingsOf(4) }]
  expect(registry.list()).toEqual(kept)
  // The same declaration in the words of today does not undo what the API has changed since.
  expect(await registry.declare([{ ...targetOf('a'), settings: settingsOf(3) }], 1)).toEqual([])
  expect(registry.list()).toEqual(kept)
})
