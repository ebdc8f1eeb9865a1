import type { LedgerEntry } from '../system/index.ts'

/**
 * An entry is one line: its JSON, and, if its payload is kept, a tab and the payload as it came. JSON text holds no
 * bare tab, and a line break in a payload stands between two tokens, where a space means the same.
 */
export function encodeLine(entry: LedgerEntry, payload: string | undefined): string {
  const json = JSON.stringify(entry)
  if (payload === undefined) return json + '\n'
  return `${json}\t${payload.includes('\n') ? payload.replaceAll('\n', ' ') : payload}\n`
}

/** The text of a payload. */
export const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString()

/** The entry of a line without its end; throws on a damaged one. */
export function decodeEntry(line: string): LedgerEntry {
  const tab = line.indexOf('\t')
  return JSON.parse(tab < 0 ? line : line.slice(0, tab)) as LedgerEntry
}

/** The payload of a line without its end; `undefined` when none was kept. */
export function decodePayload(line: Buffer): Uint8Array | undefined {
  const tab = line.indexOf('\t')
  return tab < 0 ? undefined : line.subarray(tab + 1)
}

/** Whether a line is a handler's or the platform's output, known without reading it all. */
export const isLogLine = (line: string): boolean => line.startsWith('{"kind":"logLine"')
