import { createHash } from 'node:crypto'
import type { LogTail, RunReport } from './types.ts'

/** The lines that the platform writes into a function's log (text format, without the newline; tabs are real). */

export function initStartLine(runtime: string, region: string): string {
  const version = `${runtime.replace('nodejs', 'nodejs:').replace('.x', '')}.v1`
  const hash = createHash('sha256').update(`${runtime} ${process.version}`).digest('hex')
  return `INIT_START Runtime Version: ${version}\tRuntime Version ARN: arn:aws:lambda:${region}::runtime:${hash}`
}

export const startLine = (requestId: string, version: string): string =>
  `START RequestId: ${requestId} Version: ${version}`

export const endLine = (requestId: string): string => `END RequestId: ${requestId}`

export function reportLine(requestId: string, report: RunReport): string {
  const init = report.initMs === undefined ? '' : `Init Duration: ${report.initMs.toFixed(2)} ms\t`
  return (
    `REPORT RequestId: ${requestId}\tDuration: ${report.durationMs.toFixed(2)} ms\t` +
    `Billed Duration: ${report.billedMs} ms\tMemory Size: ${report.memoryMegabytes} MB\t` +
    `Max Memory Used: ${report.maxMemoryMegabytes} MB\t${init}${statusPart(report)}`
  )
}

/** Written only when an initialisation failed, once for each phase that tried. */
export const initReportLine = (initMs: number, phase: 'init' | 'invoke', status: string): string =>
  `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\tPhase: ${phase}\tStatus: ${status}`

/** `timeout`, or `error` with its type. */
export const errorStatus = (errorType: string): string => `error\tError Type: ${errorType}`

function statusPart(report: RunReport): string {
  if (report.status === 'success') return ''
  return `Status: ${report.status === 'timeout' ? 'timeout' : errorStatus(report.errorType ?? 'Runtime.Unknown')}`
}

/** Since August 2025 initialisation is billed as well. */
export const billedMs = (durationMs: number, initMs: number | undefined): number =>
  Math.ceil(Math.round((durationMs + (initMs ?? 0)) * 100) / 100)

const TAIL_BYTES = 4096

/** Keeps the lines of one invocation that can still be in its tail, and cuts them to size only when asked. */
export class RunLog implements LogTail {
  readonly #lines: string[] = []
  #length = 0

  add(line: string): void {
    this.#lines.push(line)
    this.#length += line.length + 1
    // A line is at least as long in bytes as in characters, so whatever is dropped here is outside the tail.
    while (this.#length - ((this.#lines[0]?.length ?? 0) + 1) >= TAIL_BYTES) {
      this.#length -= (this.#lines.shift()?.length ?? 0) + 1
    }
  }

  get bytes(): Uint8Array {
    const text = Buffer.from(this.#lines.map((line) => `${line}\n`).join(''))
    return text.subarray(Math.max(0, text.length - TAIL_BYTES))
  }
}
