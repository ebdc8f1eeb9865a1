import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createFunctionRegistry,
  type LambdaBackend,
  type UrlConfig,
} from '../../src/services/lambda/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import { createWorld, noDeployments } from './world.ts'
import { functionDescription } from './functionDescription.ts'

/** Every function is there. */
const backend: LambdaBackend = {
  deployments: noDeployments,
  describe: functionDescription,
  list: () => [],
  accountConcurrency: () => 1_000,
  codeLocation: (_, version) => `file:///versions/${version}`,
  snapshot: () => Promise.reject(new Error('nothing is published here')),
  invoke: () => Promise.reject(new Error('nothing is invoked here')),
}

const change = fc.record({
  verb: fc.constantFrom('add', 'remove'),
  qualifier: fc.constantFrom('', '?Qualifier=live'),
  id: fc.constantFrom('a', 'b', 'c'),
})

test('a policy holds what was added and not removed, in that order, each qualifier for itself', async () => {
  const { url } = await createWorld({ backend })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
      const at = `${url}/2015-03-31/functions/f${run++}`
      const alias = JSON.stringify({ Name: 'live', FunctionVersion: '$LATEST' })
      await fetch(`${at}/aliases`, { method: 'POST', body: alias })
      const model: Record<string, string[]> = { '': [], '?Qualifier=live': [] }
      for (const { verb, qualifier, id } of changes) {
        const ids = model[qualifier] ?? []
        const isThere = ids.includes(id)
        const body = JSON.stringify({ StatementId: id, Action: 'lambda:InvokeFunction', Principal: '*' })
        const { status } =
          verb === 'add'
            ? await fetch(`${at}/policy${qualifier}`, { method: 'POST', body })
            : await fetch(`${at}/policy/${id}${qualifier}`, { method: 'DELETE' })
        const expected = { add: isThere ? 409 : 201, remove: isThere ? 204 : 404 }
        expect(status).toBe(expected[verb])
        const others = ids.filter((one) => one !== id)
        model[qualifier] = verb === 'remove' ? others : isThere ? ids : [...ids, id]
      }
      for (const [qualifier, ids] of Object.entries(model))
        expect(await statementsAt(`${at}/policy${qualifier}`)).toEqual(ids)
    }),
    { numRuns: 40 },
  )
})

/** None where there is no policy. */
async function statementsAt(address: string): Promise<string[]> {
  const response = await fetch(address)
  if (response.status === 404) return []
  const { Policy } = (await response.json()) as { Policy: string }
  const { Statement } = JSON.parse(Policy) as { Statement: { Sid: string }[] }
  return Statement.map(({ Sid }) => Sid)
}

const config: fc.Arbitrary<UrlConfig | null> = fc.option(
  fc.record({
    invokeMode: fc.constantFrom('BUFFERED' as const, 'RESPONSE_STREAM' as const),
    cors: fc.constantFrom(null, { MaxAge: 1 }),
  }),
)
const step = fc.oneof(
  fc.record({ kind: fc.constant('told' as const), config }),
  fc.record({ kind: fc.constant('declared' as const), config }),
  fc.constant({ kind: 'reload' as const }),
)

test('what was told of a URL counts for as long as the declaration is what it was then', async () => {
  await fc.assert(
    fc.asyncProperty(config, fc.array(step, { maxLength: 8 }), async (first, steps) => {
      const registry = createFunctionRegistry(createMemoryStore())
      let declared = first
      let told: { config: UrlConfig | null; declared: string } | undefined
      for (const one of steps) {
        if (one.kind === 'reload') registry.reload()
        else if (one.kind === 'declared') declared = one.config
        else {
          const kept = one.config && { config: one.config, createdMs: 1, modifiedMs: 2 }
          await registry.keepUrlConfig('f', '$LATEST', kept, declared)
          told = { config: one.config, declared: JSON.stringify(declared) }
        }
        const counts = told?.declared === JSON.stringify(declared) ? told.config : declared
        expect(registry.urlConfig('f', '$LATEST', declared)?.config ?? null).toEqual(counts)
      }
    }),
  )
})
