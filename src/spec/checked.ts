import { check, type CheckContext } from './check.ts'
import type { CheckedEvent } from './events.ts'
import { checkEvent } from './events.ts'
import { found } from './expectations.ts'
import { type Node, type Path, placeAt } from './nodes.ts'
import { refuseKey, refuseValue } from './refusals.ts'
import type { Report } from './report.ts'
import { buildGrammar } from './schema/build.ts'
import type { EventFragment } from './schema/event.ts'

/** The file's content after the schema: right in shape, but without defaults, and with references as written. */
export interface CheckedFile {
  readonly service?: string
  readonly provider?: CheckedShared & {
    readonly region?: string
    readonly accountId?: string
    readonly accountConcurrency?: number
  }
  readonly functions?: Readonly<Record<string, CheckedFunction>>
  readonly resources?: { readonly queues?: Readonly<Record<string, CheckedQueue | null>> }
  readonly endpoints?: Readonly<Record<string, string>>
  readonly clock?: string
}

interface CheckedShared {
  readonly runtime?: string
  readonly timeout?: number
  readonly memorySize?: number
  readonly environment?: Readonly<Record<string, string>>
}

export interface CheckedFunction extends CheckedShared {
  readonly handler?: string
  readonly name?: string
  readonly description?: string
  readonly reservedConcurrency?: number
  readonly isolation?: 'thread' | 'process'
  readonly maximumRetryAttempts?: number
  readonly maximumEventAge?: number
  readonly onError?: string
  readonly destinations?: { readonly onSuccess?: CheckedDestination; readonly onFailure?: CheckedDestination }
  readonly url?: boolean | { readonly cors?: boolean | CheckedCors }
  readonly events?: readonly CheckedEvent[]
}

export type CheckedDestination = string | { readonly type?: 'sqs' | 'function'; readonly arn?: string }

export interface CheckedCors {
  readonly allowedOrigins?: string | readonly string[] | null
  readonly allowedMethods?: string | readonly string[] | null
  readonly allowedHeaders?: string | readonly string[] | null
  readonly exposedResponseHeaders?: string | readonly string[] | null
  readonly allowCredentials?: boolean
  readonly maxAge?: number
}

export interface CheckedQueue {
  readonly visibilityTimeout?: number
  readonly delay?: number
  readonly retention?: number
  readonly receiveWait?: number
  readonly maximumMessageSize?: number
  readonly redrive?: { readonly queue?: string; readonly maxReceiveCount?: number }
}

/** Checks the whole file against its schema. */
export function checkFile(root: Node, fragments: readonly EventFragment[], report: Report): CheckedFile {
  const schema = buildGrammar(fragments)
  const context: CheckContext = {
    definitions: schema.definitions,
    report,
    placeAt: (path) => placeAt(root, path),
    special: {
      event: (node, path) => checkEvent(node, path, fragments, context),
      environmentValue: (node, path) => environmentValue(node, path, report),
      accountId: (node, path) => accountId(node, path, report),
    },
    refuseKey,
    refuseValue,
    fillsDefaults: false,
  }
  // The schema has spoken: from here on the types hold.
  const checked = check(root, schema, [], context) as CheckedFile | undefined
  return checked ?? {}
}

function environmentValue(node: Node, path: Path, report: Report): string | undefined {
  const name = String(path.at(-1))
  if (node.kind === 'broken') return undefined
  if (node.kind !== 'scalar' || node.value === null) {
    const isEmpty = node.kind === 'scalar'
    const hint = isEmpty
      ? "expected a value; write `''` for an empty one"
      : 'expected text, a number, `true` or `false`'
    report.problem(node.place, `the environment variable \`${name}\` cannot be ${found(node)}`, hint)
    return undefined
  }
  const text = String(node.value)
  if (typeof node.value !== 'string' && text !== node.text) {
    const hint = `expected quotes, if \`${node.text}\` is meant: \`${name}: '${node.text}'\``
    report.warning(node.place, `YAML reads \`${node.text}\` as \`${text}\`, and so does the handler`, hint)
  }
  return text
}

/** Twelve digits, quoted or not: YAML would make a number of them and lose the leading zeros. */
function accountId(node: Node, path: Path, report: Report): string | undefined {
  if (node.kind === 'broken') return undefined
  if (node.kind === 'scalar' && /^[0-9]{12}$/.test(node.text)) return node.text
  report.problem(
    node.place,
    `\`${String(path.at(-1))}\` cannot be ${found(node)}`,
    'expected twelve digits, such as `123456789012`',
  )
  return undefined
}
