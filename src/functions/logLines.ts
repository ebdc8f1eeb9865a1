import { createHash } from 'node:crypto'
import type { PlatformEvent, Trace } from './platformEvent.ts'
import type { LogTail, RunReport } from './types.ts'

/** The platform's lines in the text format, without the newline; tabs are real. */
export function textLine(event: PlatformEvent): string | undefined {
  switch (event.kind) {
    case 'initStart':
      return initStartLine(event.definition.runtime, event.region)
    case 'initReport':
      return event.status === 'success' && event.initializationType !== 'provisioned-concurrency'
        ? undefined
        : initReportLine(event)
    case 'start':
      return `START RequestId: ${event.requestId} Version: ${event.version}`
    case 'runtimeDone':
      return `END RequestId: ${event.requestId}`
    case 'report':
      return reportLine(event.requestId, event.report, event.trace)
  }
}

export function initStartLine(runtime: string, region: string): string {
  const { version, arn } = runtimeVersion(runtime, region)
  return `INIT_START Runtime Version: ${version}\tRuntime Version ARN: ${arn}`
}

/** `nodejs:22.v1`, and the ARN that AWS gives every version of a runtime. */
export function runtimeVersion(runtime: string, region: string): { version: string; arn: string } {
  const version = `${runtime.replace(/^([a-z]+)\.?(.*?)(\.x)?$/, '$1:$2')}.v1`
  const hash = createHash('sha256').update(`${runtime} ${process.version}`).digest('hex')
  return { version, arn: `arn:aws:lambda:${region}::runtime:${hash}` }
}

/** What a sampled trace adds is of the same entry, on a line of its own. */
function reportLine(requestId: string, report: RunReport, trace: Trace | undefined): string {
  const init = report.initMs === undefined ? '' : `Init Duration: ${report.initMs.toFixed(2)} ms\t`
  return (
    `REPORT RequestId: ${requestId}\tDuration: ${report.durationMs.toFixed(2)} ms\t` +
    `Billed Duration: ${report.billedMs} ms\tMemory Size: ${report.memoryMegabytes} MB\t` +
    `Max Memory Used: ${report.maxMemoryMegabytes} MB\t${init}${statusPart(report.status, report.errorType)}` +
    (trace ? `\nXRAY TraceId: ${trace.traceId}\tSegmentId: ${trace.segmentId}\tSampled: true\t` : '')
  )
}

/** Written when an initialisation failed, once for each phase that tried; ahead of time, always. */
function initReportLine(event: PlatformEvent & { kind: 'initReport' }): string {
  const { durationMs, phase, status, errorType } = event
  return `INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms\tPhase: ${phase}\t${statusPart(status, errorType)}`
}

/** `Status: timeout`, or `Status: error` with its type. */
function statusPart(status: RunReport['status'], errorType = 'Runtime.Unknown'): string {
  if (status === 'success') return ''
  return `Status: ${status === 'timeout' ? 'timeout' : `error\tError Type: ${errorType}`}`
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
