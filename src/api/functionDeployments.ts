import type { AsynchronousQueue } from '../invoke/index.ts'
import { type FunctionDeployments, ServiceError } from '../services/lambda/index.ts'
import type { S3Service } from '../services/s3/index.ts'
import { layerFolder, type Spec } from '../spec/index.ts'
import type { Functions } from '../functions/index.ts'
import type { Activity, Ledger, Log } from '../system/index.ts'
import type { FunctionCatalog } from './functionCatalog.ts'
import type { FunctionCode } from './functionCode.ts'
import { functionDefinition } from './functionDefinition.ts'
import type { PublishedVersions } from './publishedVersions.ts'

export interface FunctionDeploymentsDependencies {
  readonly spec: () => Spec
  readonly catalog: FunctionCatalog
  readonly code: FunctionCode
  readonly functions: Functions
  readonly published: PublishedVersions
  readonly queue: () => AsynchronousQueue
  readonly s3: () => S3Service
  readonly ledger: Ledger
  readonly baseUrl: () => string
  readonly activity: Activity
  readonly log: Log
}

/** What the Lambda API is handed to make, change and delete functions. */
export function createFunctionDeployments(on: FunctionDeploymentsDependencies): FunctionDeployments {
  /** What runs on old code may still load files of it, and no caller waits for that. */
  function sweepAfter(name: string, ended: Promise<unknown>): void {
    const swept = ended
      .then(() => on.code.sweep(name))
      .catch((error: unknown) => on.log.warn(`old code of ${name} is left behind: ${String(error)}`))
    void on.activity.track(`old code of ${name} is removed`, swept)
  }

  return {
    isDeclared: (name) => on.spec().functions.some((one) => one.name === name),
    declaration: (name) => on.catalog.declaration(name),
    async object(bucket, key, version) {
      try {
        if (version !== undefined && version !== 'null')
          throw new ServiceError('NoSuchVersion', 'The specified version does not exist.')
        return on.s3().content(bucket, key)
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        throw new ServiceError(
          'InvalidParameterValueException',
          `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
          { details: { Type: 'User' } },
        )
      }
    },
    unpack: (name, archive) => on.code.unpack(name, archive),
    settled: (code) => on.code.settled(code),
    discard: (code) => on.code.discard(code),
    hasLayer: (arn) => layerFolder(on.spec(), arn) !== undefined,
    beginning: (name) => on.queue().forget(name),
    async changed(name, kind) {
      on.ledger.write({ kind: 'functionChanged', functionName: name, change: kind })
      const one = on.catalog.named(name)
      if (one) {
        const definition = functionDefinition(on.spec(), one, on.baseUrl())
        await on.functions.deploy(definition, { prewarm: kind === 'updated' })
        sweepAfter(name, on.functions.drained(name))
      } else {
        sweepAfter(name, Promise.all([on.functions.remove(name), on.published.forget(name)]))
        await on.queue().forget(name)
      }
      on.queue().targetsChanged()
    },
    async versionDeleted(name, version) {
      sweepAfter(name, on.published.discard(name, version))
      await on.queue().forget(name, version.version)
    },
  }
}
