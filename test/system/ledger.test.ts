import { expect, test } from 'vitest'
import { createLedger, type LedgerFact } from '../../src/system/index.ts'

const fact = (): LedgerFact => ({ kind: 'specApplied', changes: [] })

test('the ring keeps the latest entries, oldest first, and goes on counting after an earlier run', () => {
  const ledger = createLedger(() => 0, 3)
  ledger.resumeAfter(100_000)
  for (let count = 0; count < 5; count++) ledger.write(fact())
  expect(ledger.latest().map(({ sequence }) => sequence)).toEqual([100_003, 100_004, 100_005])
  expect(ledger.latest(2).map(({ sequence }) => sequence)).toEqual([100_004, 100_005])
})

test('clearing forgets the entries, not the count', () => {
  const ledger = createLedger(() => 0)
  ledger.write(fact())
  ledger.clear()
  expect(ledger.latest()).toEqual([])
  ledger.write(fact())
  expect(ledger.latest().map(({ sequence }) => sequence)).toEqual([2])
})

test('listeners are shown the payload, the ring does not keep it', () => {
  const ledger = createLedger(() => 0)
  const seen: (Uint8Array | undefined)[] = []
  ledger.subscribe((_entry, payload) => seen.push(payload))
  const payload = Buffer.from('{}')
  ledger.write(fact(), undefined, payload)
  expect(seen).toEqual([payload])
  expect(Object.values(ledger.latest()[0] ?? {})).not.toContain(payload)
})
