import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chainOf, createLedger, type LedgerEntry, type LedgerFact } from '../../src/system/index.ts'

const accepted = (requestId: string): LedgerFact => ({
  kind: 'invocationAccepted',
  functionName: 'worker',
  requestId,
  invocationType: 'Event',
  door: 'api',
  payloadBytes: 2,
  payloadKept: 'always',
})

function entriesOf(facts: readonly (readonly [LedgerFact, cause?: string])[]): LedgerEntry[] {
  const ledger = createLedger(() => 0)
  for (const [fact, cause] of facts) ledger.write(fact, cause)
  return ledger.latest()
}

/** A publication led to two messages, one of them to a batch, that to an event, and that was replayed. */
const STORY = entriesOf([
  [accepted('first')],
  [{ kind: 'messagePublished', topic: 'news', messageId: 'published', endpoints: ['a', 'b'] }, 'first'],
  [{ kind: 'messageSent', queue: 'a', messageIds: ['inA'] }, 'published'],
  [{ kind: 'messageSent', queue: 'b', messageIds: ['inB', 'other'] }, 'published'],
  [{ kind: 'handOverFailed', from: 'news', to: 'c', messageId: 'published', reason: 'gone' }, 'published'],
  [{ kind: 'batchTaken', functionName: 'worker', requestId: 'batch', queue: 'b', messageIds: ['inB'] }],
  [accepted('batch'), 'inB'],
  [
    { kind: 'eventPut', bus: 'default', eventId: 'put', source: 'shop', detailType: 'Sold', rules: ['all'] },
    'batch',
  ],
  [accepted('byRule'), 'put'],
  [{ kind: 'replayed', functionName: 'worker', requestId: 'again', of: 'byRule' }],
  [accepted('again'), 'byRule'],
  [{ kind: 'objectChanged', bucket: 'b', key: 'k', event: 'ObjectCreated:Put', changeId: 'change' }, 'again'],
  [{ kind: 'messagesMoved', from: 'dead', to: 'a', moves: [{ messageId: 'inA', newMessageId: 'anew' }] }],
  [accepted('unrelated')],
])

const idsOf = (id: string): string[] => [...chainOf(STORY, id).links.keys()].sort()

test('a chain goes back to the first cause and on to the last effect, through every service', () => {
  expect(idsOf('batch')).toEqual(
    ['again', 'batch', 'byRule', 'change', 'first', 'inB', 'published', 'put'].sort(),
  )
  expect(idsOf('first')).toHaveLength(11)
  expect(idsOf('change')).not.toContain('inA')
  expect(idsOf('anew')).toEqual(['anew', 'first', 'inA', 'published'])
})

test('each link has its kind, its neighbours and its own entries', () => {
  const { links } = chainOf(STORY, 'published')
  expect(links.get('published')).toMatchObject({ kind: 'publication', causes: ['first'] })
  expect(links.get('published')?.effects).toEqual(['inA', 'inB', 'other'])
  expect(links.get('published')?.entries.map(({ kind }) => kind)).toEqual([
    'messagePublished',
    'handOverFailed',
  ])
  expect(links.get('inB')?.entries.map(({ kind }) => kind)).toEqual(['messageSent', 'batchTaken'])
  expect(links.get('put')?.kind).toBe('busEvent')
  expect(links.get('change')?.kind).toBe('objectChange')
})

test('a cause that is older than the entries is a link of unknown kind', () => {
  const { links } = chainOf(entriesOf([[accepted('new'), 'forgotten']]), 'new')
  expect(links.get('forgotten')).toMatchObject({ kind: 'unknown', effects: ['new'], entries: [] })
})

test('a chain is cut at the size that was asked for, the nearest links staying', () => {
  const facts = Array.from({ length: 50 }, (_, index) => [accepted(`e${index + 1}`), `e${index}`] as const)
  const { links, isCut } = chainOf(entriesOf(facts), 'e25', 10)
  expect(isCut).toBe(true)
  expect(links.size).toBeLessThanOrEqual(11)
  expect([...links.keys()]).toEqual(expect.arrayContaining(['e24', 'e23']))
})

test('whatever led to what, circles too: the chain is what can be reached upwards or downwards', () => {
  const edge = fc.tuple(fc.nat(9), fc.nat(9))
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 30 }), fc.nat(9), (edges, start) => {
      const entries = entriesOf(edges.map(([from, to]) => [accepted(String(to)), String(from)] as const))
      const reach = (next: (id: number) => number[]): Set<number> => {
        const reached = new Set([start])
        for (const id of reached) for (const one of next(id)) reached.add(one)
        return reached
      }
      const up = reach((id) => edges.filter(([, to]) => to === id).map(([from]) => from))
      const down = reach((id) => edges.filter(([from]) => from === id).map(([, to]) => to))
      const expected = [...new Set([...up, ...down])].map(String).sort()
      expect([...chainOf(entries, String(start)).links.keys()].sort()).toEqual(expected)
    }),
  )
})

test('a batch of records follows from the invocations that put them', () => {
  const read = {
    kind: 'streamBatchTaken',
    functionName: 'reader',
    requestId: 'batch',
    stream: 'clicks',
    shardId: 'shardId-000000000000',
    firstSequenceNumber: '1',
    lastSequenceNumber: '3',
    records: 3,
    causes: ['writer', 'other writer'],
  } as const
  const { links } = chainOf(
    entriesOf([[accepted('writer')], [read], [accepted('batch'), 'writer']]),
    'writer',
  )
  expect(links.get('writer')?.effects).toEqual(['batch'])
  expect(links.get('batch')).toMatchObject({ kind: 'invocation', causes: ['writer'] })
})
