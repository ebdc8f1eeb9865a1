import { createHash } from 'node:crypto'
import type { FunctionDescription } from './backend.ts'
import { settingsOf } from './settingsOf.ts'

/** A `FunctionConfiguration` as list operations show it. */
export function listedConfiguration(about: FunctionDescription, qualifier?: string): object {
  return {
    FunctionName: about.name,
    FunctionArn: qualifier === undefined ? about.arn : `${about.arn}:${qualifier}`,
    Runtime: about.runtime,
    Role: about.role,
    Handler: about.handler,
    CodeSize: about.codeBytes,
    Description: about.description,
    Timeout: about.timeoutSeconds,
    MemorySize: about.memoryMegabytes,
    LastModified: timestamp(about.lastModifiedMs),
    CodeSha256: about.codeSha256,
    Version: about.version,
    ...(about.deadLetterArn !== null && { DeadLetterConfig: { TargetArn: about.deadLetterArn } }),
    ...(about.environment && { Environment: { Variables: about.environment } }),
    TracingConfig: { Mode: about.isTraced ? 'Active' : 'PassThrough' },
    RevisionId: about.revisionId,
    PackageType: 'Zip',
    Architectures: about.architectures ?? [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    EphemeralStorage: { Size: about.ephemeralStorageMegabytes ?? 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: loggingConfig(about),
    ...(about.layers?.length && { Layers: about.layers.map((Arn) => ({ Arn, CodeSize: 0 })) }),
  }
}

/** Levels exist with JSON only. */
function loggingConfig({ name, logging }: FunctionDescription): object {
  if (!logging) return { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` }
  const { format, applicationLevel, systemLevel, group } = logging
  const levels = { ApplicationLogLevel: applicationLevel, SystemLogLevel: systemLevel }
  return { LogFormat: format, ...(format === 'JSON' && levels), LogGroup: group }
}

/** The same with the state that operations on one function show. */
export const fullConfiguration = (about: FunctionDescription, qualifier?: string): object => ({
  ...listedConfiguration(about, qualifier),
  State: 'Active',
  LastUpdateStatus: 'Successful',
  RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(about) },
})

/**
 * A function while it is made or changed: what the call that began it answers. Whoever looks next finds it done, under
 * another revision.
 */
export const passingConfiguration = (
  about: FunctionDescription,
  revisionId: string,
  passing: 'created' | 'updated',
): object => ({
  ...fullConfiguration({ ...settingsOf(about), revisionId }),
  ...(passing === 'created' ? CREATING : UPDATING),
})

const CREATING = {
  State: 'Pending',
  StateReason: 'The function is being created.',
  StateReasonCode: 'Creating',
  LastUpdateStatus: undefined,
}

const UPDATING = {
  LastUpdateStatus: 'InProgress',
  LastUpdateStatusReason: 'The function is being created.',
  LastUpdateStatusReasonCode: 'Creating',
}

function runtimeVersionArn({ arn, runtime }: FunctionDescription): string {
  const region = arn.split(':')[3] ?? ''
  const hash = createHash('sha256').update(runtime).digest('hex')
  return `arn:aws:lambda:${region}::runtime:${hash}`
}

/** `2026-01-02T03:04:05.678+0000` */
export const timestamp = (atMs: number): string => new Date(atMs).toISOString().replace('Z', '+0000')
