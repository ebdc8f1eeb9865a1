import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createMemoryHistory, type History, type HistoryBounds, openHistory } from '../../src/store/index.ts'
import { type LedgerEntry, silentLog } from '../../src/system/index.ts'

const entry = (sequence: number, text = 'x'): LedgerEntry => ({
  kind: 'logLine',
  functionName: 'f',
  requestId: `r${sequence}`,
  logStream: 's',
  source: 'function',
  text,
  sequence,
  atMs: sequence,
})

const acceptance = (sequence: number, requestId: string): LedgerEntry => ({
  kind: 'invocationAccepted',
  functionName: 'f',
  requestId,
  invocationType: 'Event',
  door: 'api',
  payloadBytes: 1,
  payloadKept: 'always',
  sequence,
  atMs: sequence,
})

function folder(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'lambent-history-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function openIn(directory: string, bounds?: HistoryBounds): { history: History; warnings: string[] } {
  const warnings: string[] = []
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) }
  const history = openHistory({ directory, log, ...(bounds && { bounds }) })
  onTestFinished(() => history.close())
  return { history, warnings }
}

async function sequencesIn(history: History, afterSequence = 0): Promise<number[]> {
  const found: number[] = []
  for await (const block of history.blocks({ order: 'oldestFirst', afterSequence }))
    found.push(...block.map(({ sequence }) => sequence))
  return found
}

const sizeOf = (directory: string): number =>
  readdirSync(directory).reduce((sum, name) => sum + statSync(path.join(directory, name)).size, 0)

test.each([
  ['on disk', () => openIn(folder()).history],
  ['in memory', () => createMemoryHistory()],
])('%s: entries come back in order, payloads by request id', async (_where, create) => {
  const history = create()
  history.append(acceptance(1, 'a'), Buffer.from('{\n  "ü": 1.0,\t"x": "\\n"\r\n}'))
  history.append(entry(2, 'tab\tand\nbreak'))
  history.append(acceptance(3, 'b'))
  expect(await sequencesIn(history)).toEqual([1, 2, 3])
  expect(await sequencesIn(history, 2)).toContain(3)
  const blocks: LedgerEntry[][] = []
  for await (const block of history.blocks({ order: 'newestFirst', withoutLogs: true }))
    blocks.push([...block])
  expect(blocks.flat().map(({ kind }) => kind)).toEqual(['invocationAccepted', 'invocationAccepted'])
  const payload = Buffer.from((await history.payloadOf('a')) ?? []).toString()
  expect(payload.replaceAll(/[\r\n]/g, ' ')).toBe('{   "ü": 1.0,\t"x": "\\n"  }')
  expect(await history.payloadOf('b')).toBeUndefined()
  expect(await history.payloadOf('c')).toBeUndefined()
})

test('what was written is there after a restart, and the numbers go on', async () => {
  const directory = folder()
  const first = openIn(directory).history
  for (let sequence = 1; sequence <= 10; sequence++) first.append(entry(sequence))
  await first.close()
  const second = openIn(directory).history
  expect(second.lastSequence).toBe(10)
  second.append(entry(11))
  expect(await sequencesIn(second)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
})

test('an entry of a quiet process is written at the end of the turn, without anybody asking', async () => {
  const directory = folder()
  const { history } = openIn(directory)
  history.append(entry(1))
  while (sizeOf(directory) === 0) await new Promise((resolve) => setImmediate(resolve))
  expect(readFileSync(path.join(directory, '000000000000001.ndjson'), 'utf8')).toBe(
    `${JSON.stringify(entry(1))}\n`,
  )
})

test('it stays within its bytes, the oldest entries going first', async () => {
  const directory = folder()
  const bounds = { mostBytes: 64 * 1024, mostEntries: 1_000_000 }
  const { history } = openIn(directory, bounds)
  for (let sequence = 1; sequence <= 2_000; sequence++) {
    history.append(entry(sequence, 'ü'.repeat(100)))
    if (sequence % 100 === 0) await sequencesIn(history, Number.MAX_SAFE_INTEGER)
  }
  const kept = await sequencesIn(history)
  expect(sizeOf(directory)).toBeLessThanOrEqual(bounds.mostBytes)
  expect(sizeOf(directory)).toBeGreaterThan(bounds.mostBytes * 0.8)
  expect(kept.at(-1)).toBe(2_000)
  expect(kept).toEqual(Array.from(kept, (_, index) => (kept[0] ?? 0) + index))
})

test('it stays within its count', async () => {
  const { history } = openIn(folder(), { mostBytes: 1e9, mostEntries: 320 })
  for (let sequence = 1; sequence <= 1_000; sequence++) history.append(entry(sequence))
  const kept = await sequencesIn(history)
  expect(kept.length).toBeLessThanOrEqual(320)
  expect(kept.length).toBeGreaterThan(280)
  expect(kept.at(-1)).toBe(1_000)
})

test('in memory it stays within its count, and the payloads within their bytes', async () => {
  const history = createMemoryHistory({ mostBytes: 50, mostEntries: 4 })
  for (let sequence = 1; sequence <= 10; sequence++)
    history.append(acceptance(sequence, `r${sequence}`), Buffer.alloc(20))
  expect(await sequencesIn(history)).toEqual([7, 8, 9, 10])
  expect(await history.payloadOf('r8')).toBeUndefined()
  expect(await history.payloadOf('r10')).toHaveLength(20)
})

test('a last line that was not finished is dropped at the next start', async () => {
  const directory = folder()
  const first = openIn(directory).history
  first.append(entry(1))
  await first.close()
  appendFileSync(path.join(directory, '000000000000001.ndjson'), '{"kind":"logLine","functi')
  const { history, warnings } = openIn(directory)
  expect(history.lastSequence).toBe(1)
  history.append(entry(2))
  expect(await sequencesIn(history)).toEqual([1, 2])
  expect(warnings).toEqual([])
})

test('a damaged file is named, and the rest is read', async () => {
  const directory = folder()
  const first = openIn(directory, { mostBytes: 1e9, mostEntries: 64 }).history
  for (let sequence = 1; sequence <= 6; sequence++) first.append(entry(sequence))
  await first.close()
  const files = readdirSync(directory).sort()
  expect(files.length).toBeGreaterThan(2)
  writeFileSync(path.join(directory, files[1] ?? ''), 'garbage\n\u0000\n')
  const { history, warnings } = openIn(directory)
  expect(history.lastSequence).toBe(6)
  expect(await sequencesIn(history)).toEqual([1, 2, 5, 6])
  await sequencesIn(history)
  expect(warnings).toEqual([expect.stringMatching(/000000000000003\.ndjson is damaged: 2 entries/)])
})

test('damage at the very end makes no number come twice', () => {
  const directory = folder()
  writeFileSync(path.join(directory, '000000000000007.ndjson'), `${JSON.stringify(entry(7))}\ngarbage\n`)
  expect(openIn(directory).history.lastSequence).toBe(8)
})

test('forgetting everything keeps the count', async () => {
  const directory = folder()
  const { history } = openIn(directory)
  for (let sequence = 1; sequence <= 3; sequence++) history.append(entry(sequence))
  await history.clear()
  expect(await sequencesIn(history)).toEqual([])
  await history.close()
  expect(openIn(directory).history.lastSequence).toBe(3)
})

test('a disk that refuses is told once, and nobody fails', async () => {
  const directory = folder()
  const { history, warnings } = openIn(directory)
  rmSync(directory, { recursive: true })
  history.append(entry(1))
  await sequencesIn(history)
  history.append(entry(2))
  await sequencesIn(history)
  expect(warnings).toEqual([expect.stringMatching(/^the history of events cannot be written: .*ENOENT/)])
})

test('the lines that every invocation prints are there for whoever asks for them, as they were', async () => {
  const directory = folder()
  const { history } = openIn(directory)
  const platform = (sequence: number, requestId: string, text: string, more: object = {}): LedgerEntry =>
    ({ ...entry(sequence, text), requestId, source: 'platform', ...more, cause: requestId }) as LedgerEntry
  const entries = [
    platform(1, 'x', 'START RequestId: x Version: $LATEST'),
    platform(2, 'y', 'START RequestId: y Version: 3', { logStream: 't', logGroup: '/shop/all' }),
    platform(3, 'x', '2026-01-01T00:00:00.000Z x Task timed out after 3.00 seconds'),
    entry(4, 'START RequestId: of the handler'),
    platform(5, 'x', 'END RequestId: x'),
    platform(6, 'x', 'REPORT RequestId: x\tDuration: 1 ms\t\nXRAY TraceId: 1\t', { atMs: 7 }),
    platform(
      7,
      'y',
      '{"time":"2026-01-01T00:00:00.000Z","type":"platform.report","record":{"requestId":"y"}}',
    ),
  ]
  for (const one of entries) history.append(one)
  expect(await sequencesIn(history)).toEqual([3, 4])
  expect(readFileSync(path.join(directory, '000000000000001.ndjson'), 'utf8').split('\n')).toHaveLength(7)
  await history.close()
  const again = openIn(directory).history
  expect(again.lastSequence).toBe(7)
  const found: LedgerEntry[] = []
  for await (const block of again.blocks({ order: 'oldestFirst', withRoutine: true })) found.push(...block)
  expect(found).toEqual(entries)
})
