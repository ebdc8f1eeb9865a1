import { wallClockMs } from '../system/index.ts'
import { runtimeVersion } from './logLines.ts'
import type { PlatformEvent, Trace } from './platformEvent.ts'
import type { Logging } from './types.ts'

/** The platform's lines in the JSON format (Lambda Developer Guide, "JSON format for system logs"). */

type SystemLevel = Logging['systemLevel']

const LEVELS: readonly SystemLevel[] = ['DEBUG', 'INFO', 'WARN']

/** The line of an event, `undefined` when its level is below the function's. */
export function jsonLine(event: PlatformEvent, lowest: SystemLevel): string | undefined {
  if (LEVELS.indexOf(levelOf(event)) < LEVELS.indexOf(lowest)) return undefined
  const time = new Date(wallClockMs()).toISOString()
  return JSON.stringify({ time, type: `platform.${event.kind}`, record: recordOf(event) })
}

/** Whatever did not succeed is a warning. */
function levelOf(event: PlatformEvent): SystemLevel {
  switch (event.kind) {
    case 'initStart':
    case 'start':
      return 'INFO'
    case 'initReport':
      return event.status === 'success' ? 'DEBUG' : 'WARN'
    case 'runtimeDone':
      return event.report.status === 'success' ? 'DEBUG' : 'WARN'
    case 'report':
      return event.report.status === 'success' ? 'INFO' : 'WARN'
  }
}

function recordOf(event: PlatformEvent): object {
  switch (event.kind) {
    case 'initStart': {
      const { runtime, name, version, memoryMegabytes } = event.definition
      const { version: runtimeName, arn } = runtimeVersion(runtime, event.region)
      return {
        initializationType: event.initializationType ?? 'on-demand',
        phase: 'init',
        runtimeVersion: runtimeName,
        runtimeVersionArn: arn,
        functionName: name,
        functionVersion: version,
        instanceMaxMemory: memoryMegabytes * 1_048_576,
      }
    }
    case 'initReport': {
      const { durationMs, phase, status, errorType, initializationType = 'on-demand' } = event
      const metrics = { durationMs: rounded(durationMs) }
      return { initializationType, phase, ...ended(status, errorType), metrics }
    }
    case 'start':
      return { requestId: event.requestId, version: event.version, ...traced(event.trace) }
    case 'runtimeDone': {
      const { status, errorType, durationMs } = event.report
      const metrics = { durationMs: rounded(durationMs), producedBytes: event.producedBytes }
      return { requestId: event.requestId, ...ended(status, errorType), metrics }
    }
    case 'report': {
      const { report, requestId, trace } = event
      const metrics = {
        durationMs: rounded(report.durationMs),
        billedDurationMs: report.billedMs,
        memorySizeMB: report.memoryMegabytes,
        maxMemoryUsedMB: report.maxMemoryMegabytes,
        ...(report.initMs === undefined ? {} : { initDurationMs: rounded(report.initMs) }),
      }
      return { requestId, metrics, ...ended(report.status, report.errorType), ...traced(trace) }
    }
  }
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

/** A timeout has no other name. */
const ended = (status: string, errorType: string | undefined): object =>
  status === 'timeout' || errorType === undefined ? { status } : { status, errorType }

const traced = (trace: Trace | undefined): object =>
  trace === undefined
    ? {}
    : { tracing: { spanId: trace.segmentId, type: 'X-Amzn-Trace-Id', value: trace.header } }
