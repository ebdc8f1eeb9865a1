import type { LedgerEntry } from '../system/index.ts'

/**
 * An entry is one line: its JSON, and, if its payload is kept, a tab and the payload as it came. JSON text holds no
 * bare tab, and a line break in a payload stands between two tokens, where a space means the same.
 */
export function encodeLine(entry: LedgerEntry, payload: Uint8Array | undefined): string {
  const json = encodeEntry(entry)
  if (payload === undefined) return `${json}\n`
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString()
  return `${json}\t${text.includes('\n') ? text.replaceAll('\n', ' ') : text}\n`
}

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

/**
 * The same as `JSON.stringify`, several times as fast for the kinds that every invocation and every send write: they
 * are what a history costs.
 */
function encodeEntry(entry: LedgerEntry): string {
  switch (entry.kind) {
    case 'logLine':
      return (
        `{"kind":"logLine","functionName":${known(entry.functionName)}` +
        (entry.requestId === undefined ? '' : `,"requestId":${latest(entry.requestId)}`) +
        `,"logStream":${known(entry.logStream)},"source":"${entry.source}","text":${JSON.stringify(entry.text)}` +
        tail(entry)
      )
    case 'invocationAccepted':
      return (
        `{"kind":"invocationAccepted","functionName":${known(entry.functionName)}` +
        `,"requestId":${latest(entry.requestId)},"invocationType":"${entry.invocationType}"` +
        `,"door":${known(entry.door)},"payloadBytes":${entry.payloadBytes},"payloadKept":"${entry.payloadKept}"` +
        (entry.clientContext === undefined ? '' : `,"clientContext":${JSON.stringify(entry.clientContext)}`) +
        tail(entry)
      )
    case 'invocationEnded':
      return (
        `{"kind":"invocationEnded","functionName":${known(entry.functionName)}` +
        `,"requestId":${latest(entry.requestId)},"outcome":"${entry.outcome}","attempt":${entry.attempt}` +
        `,"durationMs":${entry.durationMs}` +
        (entry.initMs === undefined ? '' : `,"initMs":${entry.initMs}`) +
        `,"maxMemoryMegabytes":${entry.maxMemoryMegabytes}` +
        (entry.errorType === undefined ? '' : `,"errorType":${JSON.stringify(entry.errorType)}`) +
        (entry.errorMessage === undefined ? '' : `,"errorMessage":${JSON.stringify(entry.errorMessage)}`) +
        tail(entry)
      )
    case 'messageSent':
      return (
        `{"kind":"messageSent","queue":${known(entry.queue)}` +
        // Made here, of hexadecimal digits and dashes.
        `,"messageIds":["${entry.messageIds.join('","')}"]${tail(entry)}`
      )
    default:
      return JSON.stringify(entry)
  }
}

function tail({ sequence, atMs, cause }: LedgerEntry): string {
  if (atMs !== latestMs) {
    latestMs = atMs
    latestMsText = String(atMs)
  }
  return `,"sequence":${sequence},"atMs":${latestMsText}${cause === undefined ? '' : `,"cause":${latest(cause)}`}}`
}

/** Entries of one moment share its text: numbers of this size are slow to write. */
let latestMs = NaN
let latestMsText = ''

const MOST_KNOWN = 1_000
const knownTexts = new Map<string, string>()

/** For names that come again and again. */
function known(text: string): string {
  let json = knownTexts.get(text)
  if (json === undefined) {
    if (knownTexts.size >= MOST_KNOWN) knownTexts.clear()
    json = JSON.stringify(text)
    knownTexts.set(text, json)
  }
  return json
}

let latestText = ''
let latestJson = '""'

/** For ids: those of one invocation come in a row. */
function latest(text: string): string {
  if (text !== latestText) {
    latestText = text
    latestJson = JSON.stringify(text)
  }
  return latestJson
}
