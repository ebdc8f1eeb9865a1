import { createHash } from 'node:crypto'
import type { Ids } from '../../system/index.ts'
import type { Operation } from '../operation.ts'
import type { FunctionDescription, LambdaBackend } from './backend.ts'
import type { ChangeGuard } from './changeGuard.ts'
import { fullConfiguration, listedConfiguration } from './configuration.ts'
import { longest, refuse, typed } from './constraints.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { type PageInput, pageOf, pageViolations } from './page.ts'
import { type FunctionRegistry, LATEST, type PublishedVersion } from './registry.ts'
import { settingsOf } from './settingsOf.ts'
import { createTurns } from './turns.ts'

interface PublishInput {
  readonly FunctionName: string
  readonly CodeSha256?: string
  readonly Description?: string
  readonly RevisionId?: string
  readonly PublishTo?: string
}

const LARGEST_PAGE = 50
const LONGEST_DESCRIPTION = 256

/** Publishes versions, one after the other: each number is given once. */
export interface Publisher {
  /** The new version, or the last one when nothing has changed since. */
  publish(functionName: string, description: string | undefined): Promise<PublishedVersion>
}

/** Creates the one publisher of an API. */
export function createPublisher(backend: LambdaBackend, registry: FunctionRegistry, ids: Ids): Publisher {
  const inTurn = createTurns()

  async function publish(about: FunctionDescription, description?: string): Promise<PublishedVersion> {
    const { name } = about
    const latest = registry.versions(name).at(-1)
    const version = registry.nextVersion(name)
    const code = await backend.snapshot(name, version)
    const fingerprint = fingerprintOf(about, code.sha256)
    if (latest?.fingerprint === fingerprint) {
      await code.discard()
      return latest
    }
    const published: PublishedVersion = {
      version,
      about: {
        ...settingsOf(about),
        description: description ?? about.description,
        version,
        revisionId: ids.uuid(),
      },
      fingerprint,
      definition: code.definition,
      ...(code.package !== undefined && { package: code.package }),
    }
    await registry.keepVersion(name, published)
    return published
  }

  return {
    publish: (functionName, description) =>
      inTurn(async () => {
        const about = backend.describe(functionName)
        if (!about) throw errors.functionNotFound(functionName)
        return await publish(about, description)
      }),
  }
}

/** `PublishVersion` and `ListVersionsByFunction`. */
export function createVersionOperations(
  backend: LambdaBackend,
  registry: FunctionRegistry,
  publisher: Publisher,
  guard: ChangeGuard,
) {
  const publishVersion: Operation<PublishInput> = async (input, context) => {
    for (const member of ['Description', 'CodeSha256', 'RevisionId'] as const)
      typed(member, input[member], 'string')
    refuse(longest('description', input.Description, LONGEST_DESCRIPTION))
    const { name, arn } = readFunctionName(input.FunctionName, undefined, context)
    const about = backend.describe(name)
    if (!about) throw errors.functionNotFound(arn)
    if (input.PublishTo !== undefined)
      throw errors.invalidParameterValue('PublishTo is not supported here: there are no managed instances.')
    if (input.CodeSha256 && input.CodeSha256 !== about.codeSha256)
      throw errors.invalidParameterValue(
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${about.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      )
    if (input.RevisionId && input.RevisionId !== about.revisionId) throw errors.preconditionFailed()
    const { version, about: kept } = await guard.publish(name, arn, () =>
      publisher.publish(name, input.Description),
    )
    return fullConfiguration(kept, version)
  }

  const list: Operation<{ readonly FunctionName: string } & PageInput> = (input, context) => {
    refuse(pageViolations(input, 10_000))
    const { name, arn } = readFunctionName(input.FunctionName, undefined, context)
    const about = backend.describe(name)
    if (!about) throw errors.functionNotFound(arn)
    const all = [about, ...registry.versions(name).map((one) => one.about)]
    // `$LATEST` comes first, and numbers in order: padded, they are in the order of their text.
    const { items, next } = pageOf(all, ({ version }) => keyOf(version), input, LARGEST_PAGE)
    return { Versions: items.map((one) => listedConfiguration(one, one.version)), ...next }
  }

  return { PublishVersion: publishVersion, ListVersionsByFunction: list }
}

const keyOf = (version: string): string => (version === LATEST ? version : version.padStart(10, '0'))

/** Equal when neither code nor configuration has changed. */
function fingerprintOf(about: FunctionDescription, codeSha256: string): string {
  const { description, runtime, handler, role, timeoutSeconds, memoryMegabytes, environment } = about
  const settings = { description, runtime, handler, role, timeoutSeconds, memoryMegabytes, environment }
  const { deadLetterArn, isTraced, logging, layers, architectures, ephemeralStorageMegabytes } = about
  const more = { deadLetterArn, isTraced, logging, layers, architectures, ephemeralStorageMegabytes }
  const facts = JSON.stringify({ ...settings, ...more, codeSha256 })
  return createHash('sha256').update(facts).digest('hex')
}
