import type { Store } from '../../store/index.ts'
import type { JsonObject } from '../../system/index.ts'
import { type Change, keptTable } from './keptTable.ts'
import type { Statement } from './statement.ts'

export type Tags = { readonly [key: string]: string }

/** Statements by which others may invoke one qualifier of a function; never empty of a revision, even when of statements. */
export interface KeptPolicy {
  readonly statements: readonly Statement[]
  /** Changes with every change of the policy. */
  readonly revisionId: string
}

/** Cross-origin settings of a function URL, as they were given. */
export type GivenCors = {
  readonly AllowCredentials?: boolean
  readonly AllowHeaders?: readonly string[]
  readonly AllowMethods?: readonly string[]
  readonly AllowOrigins?: readonly string[]
  readonly ExposeHeaders?: readonly string[]
  readonly MaxAge?: number
}

export type InvokeMode = 'BUFFERED' | 'RESPONSE_STREAM'

/** A function URL: of a function, or of one of its aliases. */
export type UrlConfig = {
  readonly invokeMode: InvokeMode
  readonly cors: GivenCors | null
}

export interface KeptUrlConfig {
  readonly config: UrlConfig
  readonly createdMs: number
  readonly modifiedMs: number
}

/** Who may reach a function, and what it is labelled with: the part of the registry that no invocation by name looks at. */
export interface AccessRegistry {
  policy(functionName: string, qualifier: string): KeptPolicy | undefined
  keepPolicy(functionName: string, qualifier: string, policy: KeptPolicy): Promise<void>

  /** None when there are none. */
  tags(functionName: string): Tags
  /** In place of those before; `revisionId` is a new one. */
  keepTags(functionName: string, tags: Tags, revisionId: string): Promise<void>

  /** The URL of a function (`$LATEST`) or of an alias; `declared` is what `lambda.yml` says of it. */
  urlConfig(functionName: string, qualifier: string, declared: UrlConfig | null): KeptUrlConfig | undefined
  /** Qualifiers with a URL that the API was told of. */
  urlQualifiers(functionName: string): string[]
  /** `null`: there is none from now on. */
  keepUrlConfig(
    functionName: string,
    qualifier: string,
    kept: KeptUrlConfig | null,
    declared: UrlConfig | null,
  ): Promise<void>

  /** Changes with the function's policy and its tags: a part of the function's own revision id. */
  accessRevision(functionName: string): string
}

/** What was told, and what the spec declared at that time. */
type KeptUrl = JsonObject & {
  readonly told: UrlConfig | null
  readonly declared: string
  readonly createdMs: number
  readonly modifiedMs: number
}

const LATEST = '$LATEST'

/** Opens this part of the registry; `changed` is called after every change. */
export function createAccessRegistry(store: Store, changed: () => void) {
  const policies = keptTable<JsonObject>(store, 'lambda.policies')
  const tagged = keptTable<{ readonly tags: Tags; readonly revisionId: string }>(store, 'lambda.tags')
  const urls = keptTable<KeptUrl>(store, 'lambda.urls')
  const tables = [policies, tagged, urls]

  const policy = (functionName: string, qualifier: string): KeptPolicy | undefined =>
    policies.get(`${functionName}:${qualifier}`) as KeptPolicy | undefined

  const registry: AccessRegistry = {
    policy,
    async keepPolicy(functionName, qualifier, kept) {
      await policies.set(`${functionName}:${qualifier}`, kept as unknown as JsonObject)
      changed()
    },

    tags: (functionName) => tagged.get(functionName)?.tags ?? {},
    async keepTags(functionName, tags, revisionId) {
      await tagged.set(functionName, { tags, revisionId })
      changed()
    },

    urlConfig(functionName, qualifier, declared) {
      const kept = urls.get(`${functionName}:${qualifier}`)
      if (kept?.declared !== JSON.stringify(declared))
        return declared ? { config: declared, createdMs: 0, modifiedMs: 0 } : undefined
      const { told, createdMs, modifiedMs } = kept
      return told ? { config: told, createdMs, modifiedMs } : undefined
    },
    urlQualifiers: (functionName) =>
      urls.list(`${functionName}:`).map(([key]) => key.slice(functionName.length + 1)),
    async keepUrlConfig(functionName, qualifier, kept, declared) {
      const key = `${functionName}:${qualifier}`
      const times = { createdMs: kept?.createdMs ?? 0, modifiedMs: kept?.modifiedMs ?? 0 }
      if (kept === null && declared === null) await urls.remove(key)
      else await urls.set(key, { told: kept?.config ?? null, declared: JSON.stringify(declared), ...times })
      changed()
    },

    accessRevision: (functionName) =>
      (policy(functionName, LATEST)?.revisionId ?? '') + (tagged.get(functionName)?.revisionId ?? ''),
  }

  return {
    registry,
    tagging: (functionName: string, tags: Tags, revisionId: string): Change =>
      tagged.setting(functionName, { tags, revisionId }),
    /** Takes away all of it. */
    forgetting: (functionName: string): Change[] => [
      tagged.removing(functionName),
      ...[policies, urls].flatMap((table) => table.removingAll(`${functionName}:`)),
    ],
    /** Takes away what belongs to an alias or a version. */
    forgettingQualifier: (functionName: string, qualifier: string): Change[] =>
      [policies, urls].map((table) => table.removing(`${functionName}:${qualifier}`)),
    reload: () => tables.forEach((table) => table.reload()),
  }
}
