import type { LedgerEntry } from '../system/index.ts'
import { decodeRoutine, isRoutine, routineLine, routinesFrom } from './routineLine.ts'

/** A line of the file, and how many entries it holds. */
export interface EncodedLine {
  readonly text: string
  readonly entries: number
}

/** The line of the entries from `index` on; `payloads` are theirs, where one is kept. */
export function encodeFrom(
  entries: readonly LedgerEntry[],
  payloads: readonly (string | undefined)[],
  index: number,
): EncodedLine {
  const entry = entries[index]
  if (!entry) return { text: '', entries: 0 }
  if (!isRoutine(entry)) return { text: encodeLine(entry, payloads[index]), entries: 1 }
  const routines = routinesFrom(entry, entries, index)
  return { text: routineLine(routines), entries: routines.length }
}

/**
 * An entry is one line: its JSON, and, if its payload is kept, a tab and the payload as it came. JSON text holds no
 * bare tab, and a line break in a payload stands between two tokens, where a space means the same.
 */
function encodeLine(entry: LedgerEntry, payload: string | undefined): string {
  const json = JSON.stringify(entry)
  if (payload === undefined) return json + '\n'
  return `${json}\t${payload.includes('\n') ? payload.replaceAll('\n', ' ') : payload}\n`
}

/** The text of a payload. */
export const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString()

/** The entries of a line without its end; throws on a damaged one. */
export function decodeEntries(line: string): readonly LedgerEntry[] {
  if (isRoutineLine(line)) return decodeRoutine(line)
  const tab = line.indexOf('\t')
  return [JSON.parse(tab < 0 ? line : line.slice(0, tab)) as LedgerEntry]
}

/** The payload of a line without its end; `undefined` when none was kept. */
export function decodePayload(line: Buffer): Uint8Array | undefined {
  const tab = line.indexOf('\t')
  return tab < 0 ? undefined : line.subarray(tab + 1)
}

/** Whether a line is a handler's or the platform's output, known without reading it all. */
export const isLogLine = (line: string): boolean =>
  isRoutineLine(line) || line.startsWith('{"kind":"logLine"')

/** Whether it holds what the platform prints for every invocation. */
export const isRoutineLine = (line: string): boolean => line.startsWith('[')
