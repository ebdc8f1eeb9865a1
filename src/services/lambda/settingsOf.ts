import type { FunctionDescription } from './backend.ts'

/** All that a description says, as plain data. */
export const settingsOf = (about: FunctionDescription): FunctionDescription => ({
  name: about.name,
  arn: about.arn,
  version: about.version,
  description: about.description,
  runtime: about.runtime,
  handler: about.handler,
  role: about.role,
  timeoutSeconds: about.timeoutSeconds,
  memoryMegabytes: about.memoryMegabytes,
  environment: about.environment,
  declared: { reservedConcurrency: null, eventInvokeConfig: null },
  deadLetterArn: about.deadLetterArn,
  isTraced: about.isTraced,
  logging: about.logging,
  layers: about.layers,
  ...(about.architectures && { architectures: about.architectures }),
  ...(about.ephemeralStorageMegabytes && { ephemeralStorageMegabytes: about.ephemeralStorageMegabytes }),
  codeBytes: about.codeBytes,
  codeSha256: about.codeSha256,
  lastModifiedMs: about.lastModifiedMs,
  revisionId: about.revisionId,
})
