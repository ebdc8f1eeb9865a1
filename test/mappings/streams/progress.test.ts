import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Progress } from '../../../src/mappings/streams/progress.ts'

test('the checkpoint is behind a number only when all records that have it are done', () => {
  const runs = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 })
  const order = fc.infiniteStream(fc.nat())
  fc.assert(
    fc.property(runs, order, (counts, random) => {
      const progress = new Progress({ kind: 'oldest' })
      const marks = counts.flatMap((count, number) =>
        Array.from({ length: count }, () => ({
          sequenceNumber: String(number),
          arrivedMs: 0,
          isDone: false,
        })),
      )
      for (const mark of marks) progress.add(mark)
      progress.endPage({ kind: 'after', sequenceNumber: 'end' })
      const waiting = [...marks]
      while (waiting.length > 0) {
        const [mark] = waiting.splice((random.next().value as number) % waiting.length, 1)
        mark!.isDone = true
        progress.advance()
        const { checkpoint } = progress
        const lowest = Math.min(...waiting.map(({ sequenceNumber }) => Number(sequenceNumber)))
        const expected =
          lowest === Infinity
            ? { kind: 'after', sequenceNumber: 'end' }
            : lowest === 0
              ? { kind: 'oldest' }
              : { kind: 'after', sequenceNumber: String(lowest - 1) }
        expect(checkpoint).toEqual(expected)
      }
    }),
  )
})
