import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FrameReader, FrameWriter } from '../../src/functions/frames.ts'

interface Frame {
  readonly type: number
  readonly id: number
  readonly header: string
  readonly payload: string
}

const frames = fc.array(
  fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    id: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    header: fc.string({ unit: 'grapheme', maxLength: 40 }),
    payload: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('x'.repeat(70_000))),
  }),
  { minLength: 1, maxLength: 12 },
)

async function written(sent: readonly Frame[], asBytes: boolean): Promise<Buffer> {
  const socket = new PassThrough({ highWaterMark: 2 ** 24 })
  const writer = new FrameWriter(socket)
  for (const { type, id, header, payload } of sent)
    writer.send(type, id, header, asBytes ? Buffer.from(payload) : payload)
  // Frames after the first of a turn go out at its end.
  await new Promise((resolve) => setImmediate(resolve))
  const bytes = socket.read() as Buffer | null
  return bytes ?? Buffer.alloc(0)
}

it('reads what was written, in whatever pieces it arrives', async () => {
  await fc.assert(
    fc.asyncProperty(
      frames,
      fc.boolean(),
      fc.integer({ min: 1, max: 9_000 }),
      async (sent, asBytes, pieceBytes) => {
        const received: Frame[] = []
        const reader = new FrameReader((type, id, header, payload) =>
          received.push({ type, id, header, payload: payload.toString() }),
        )
        const bytes = await written(sent, asBytes)
        for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes))
        expect(received).toEqual(sent)
      },
    ),
    { numRuns: 60 },
  )
})

it('writes at once when nothing else was written in this turn', () => {
  const socket = new PassThrough()
  const writer = new FrameWriter(socket)
  writer.send(1, 1, '{}')
  expect(socket.readableLength).toBe(15)
  writer.send(1, 2, '{}')
  expect(socket.readableLength).toBe(15)
})
