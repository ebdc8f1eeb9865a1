// oxlint-disable vitest/no-conditional-expect -- fast-check drives the run that asserts
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyValue } from '../../src/store/groupCommit.ts'
import type { Transaction } from '../../src/store/keyValue.ts'
import { createMemoryBacking } from '../../src/store/memoryKeyValue.ts'

type Operation =
  | { kind: 'put' | 'remove'; key: string }
  | { kind: 'keys'; start: string; end: string; limit: number }

const tail = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 3 })
const key = fc.tuple(fc.constantFrom('p', 'q'), tail).map(([space, tail]) => space + tail)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('put' as const, 'remove' as const), key }),
  fc.record({
    kind: fc.constant('keys' as const),
    start: fc.constantFrom('p', 'pa', 'paa', 'pb'),
    end: fc.constantFrom('pb', 'pac', 'pd'),
    limit: fc.constantFrom(1, 2, 5, 100),
  }),
)
const transaction = fc.record({ operations: fc.array(operation, { maxLength: 12 }), throws: fc.boolean() })
const batches = fc.array(fc.array(transaction, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 4,
})

/** Carries out an operation, on the transaction and on a plain map, and compares what they answer. */
function carryOut(operation: Operation, tx: Transaction, model: Map<string, string>, stamp: string): void {
  switch (operation.kind) {
    case 'put':
      tx.put(operation.key, Buffer.from(stamp))
      model.set(operation.key, stamp)
      break
    case 'remove':
      tx.remove(operation.key)
      model.delete(operation.key)
      break
    case 'keys': {
      const { start, end, limit } = operation
      const expected = [...model.keys()].filter((key) => key >= start && key < end).toSorted()
      expect(tx.keys(start, end, limit)).toEqual(expected.slice(0, limit))
      break
    }
    default:
      operation satisfies never
  }
}

describe('transactions that share a commit', () => {
  it('see each other in order, and one that throws leaves no trace', async () => {
    const property = fc.asyncProperty(batches, async (batches) => {
      const keyValue = createKeyValue(createMemoryBacking(), () => {})
      let model = new Map<string, string>()
      let stamp = 0
      for (const batch of batches) {
        const results = await Promise.allSettled(
          batch.map(({ operations, throws }) =>
            keyValue.transact((tx) => {
              const mine = new Map(model)
              for (const operation of operations) carryOut(operation, tx, mine, `${stamp++}`)
              if (throws) throw new Error('on purpose')
              model = mine
            }),
          ),
        )
        for (const [index, result] of results.entries()) {
          const failure = result.status === 'rejected' ? String(result.reason) : undefined
          expect(failure).toBe(batch[index]!.throws ? 'Error: on purpose' : undefined)
        }
        const stored = keyValue.entries('a', 'z', Infinity).map(([key, value]) => [key, value.toString()])
        expect(stored).toEqual([...model].toSorted(([left], [right]) => (left < right ? -1 : 1)))
      }
    })
    await fc.assert(property, { numRuns: 500 })
  })
})
