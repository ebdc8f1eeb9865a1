// oxlint-disable vitest/no-conditional-expect, vitest/no-standalone-expect, vitest/expect-expect -- fast-check drives the run that asserts
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyValue } from '../../src/store/groupCommit.ts'
import { openJournaledBacking } from '../../src/store/journaledBacking.ts'
import type { Backing, Transaction } from '../../src/store/keyValue.ts'
import { createMemoryBacking } from '../../src/store/memoryKeyValue.ts'
import { folderWith, removeFolder } from './journalGround.ts'

type Operation =
  | { kind: 'write' | 'remove'; key: string }
  | { kind: 'keys'; start: string; end: string; limit: number }

const tail = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 3 })
const key = fc.tuple(fc.constantFrom('p', 'q'), tail).map(([space, tail]) => space + tail)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('write' as const, 'remove' as const), key }),
  fc.record({
    kind: fc.constant('keys' as const),
    start: fc.constantFrom('p', 'pa', 'paa', 'pb'),
    end: fc.constantFrom('pb', 'pac', 'pd'),
    limit: fc.constantFrom(1, 2, 5, 100),
  }),
)
const transaction = fc.record({ operations: fc.array(operation, { maxLength: 12 }), throws: fc.boolean() })
type Batch = { operations: Operation[]; throws: boolean }[]
const batches: fc.Arbitrary<Batch[]> = fc.array(fc.array(transaction, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 4,
})

/** Carries out an operation, on the transaction and on a plain map, and compares what they answer. */
function carryOut(operation: Operation, tx: Transaction, model: Map<string, string>, stamp: string): void {
  switch (operation.kind) {
    case 'write':
      if (model.has(operation.key)) tx.put(operation.key, Buffer.from(stamp))
      else tx.insert(operation.key, Buffer.from(stamp))
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

async function runAll(backing: Backing, all: Batch[]): Promise<void> {
  const keyValue = createKeyValue(backing, () => {})
  let model = new Map<string, string>()
  let stamp = 0
  for (const batch of all) {
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
    const stored = [...keyValue.entries('p', 'q', Infinity), ...keyValue.entries('q', 'r', Infinity)]
    expect(stored.map(([key, value]) => [key, value.toString()])).toEqual(
      [...model].toSorted(([left], [right]) => (left < right ? -1 : 1)),
    )
  }
  await keyValue.close()
}

describe('transactions that share a commit', () => {
  it('see each other in order, and one that throws leaves no trace', async () => {
    const property = fc.asyncProperty(batches, (batches) => runAll(createMemoryBacking(), batches))
    await fc.assert(property, { numRuns: 500 })
  })

  it('do so too over layers that come and go', async () => {
    const limits = { keys: 3, bytes: 1_000, portionKeys: 2, portionBytes: 1_000 }
    const directory = folderWith()
    const property = fc.asyncProperty(batches, (batches) =>
      runAll(openJournaledBacking(directory, createMemoryBacking(), { limits }), batches),
    )
    await fc.assert(property, { numRuns: 300, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false })
    removeFolder(directory)
  })
})
