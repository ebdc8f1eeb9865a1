import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineageOf, timesInLineage } from '../../src/invoke/lineage.ts'

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0'

test('a header without a lineage gets one, and keeps all else', () => {
  const { traceId, before } = lineageOf(ROOT, 'checkout')
  expect(traceId).toMatch(
    /^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=[0-9a-f]{8}:0$/,
  )
  expect(before).toBe(0)
})

test('what follows the lineage in a header stays', () => {
  expect(lineageOf(`${ROOT};Lineage=00000000:4;Self=1`, 'checkout').traceId).toMatch(
    /;Lineage=00000000:4\|[0-9a-f]{8}:0;Self=1$/,
  )
})

test('however functions take turns in a chain, each is counted for itself', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 })
  fc.assert(
    fc.property(names, (chain) => {
      let traceId = ROOT
      const ran = new Map<string, number>()
      for (const name of chain) {
        const step = lineageOf(traceId, name)
        expect(step.before).toBe(ran.get(name) ?? 0)
        ran.set(name, step.before + 1)
        traceId = step.traceId
      }
      for (const name of ['a', 'b', 'c']) expect(timesInLineage(traceId, name)).toBe(ran.get(name) ?? 0)
    }),
  )
})

test('a lineage that somebody made up does no harm', () => {
  fc.assert(
    fc.property(fc.string(), (field) => {
      const { before } = lineageOf(`${ROOT};Lineage=${field}`, 'checkout')
      expect(Number.isSafeInteger(before)).toBe(true)
    }),
  )
})
