import type { FunctionDescription } from './backend.ts'

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
    Architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    EphemeralStorage: { Size: 512 },
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
})

/** `2026-01-02T03:04:05.678+0000` */
export const timestamp = (atMs: number): string => new Date(atMs).toISOString().replace('Z', '+0000')
