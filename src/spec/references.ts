import type { Refusal } from './refusals.ts'
import { functionArn, type Identity } from './identity.ts'
import { didYouMean } from './nearest.ts'
import {
  FIFO_SUFFIX,
  RESOURCE_KINDS,
  RESOURCES,
  type ResourceDescription,
  type ResourceKind,
} from './resourceKinds.ts'

/** What a reference can lead to. */
export interface Referables {
  readonly identity: Identity
  /** Names by key. */
  readonly functions: ReadonlyMap<string, string>
  /** Names that are declared. */
  readonly declared: Readonly<Record<ResourceKind, ReadonlySet<string>>>
}

export type Target =
  | { readonly kind: ResourceKind | 'function' | 'table'; readonly name: string; readonly arn: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** Where a reference stands, which decides what it may be and what a plain name means. */
export type ReferenceUse =
  | ResourceKind
  | 'standardQueue'
  | 'deadLetter'
  | 'batchFailure'
  | 'onSuccess'
  | 'onFailure'

interface Use {
  /** What it may name; a plain name means the first. */
  readonly kinds: readonly (ResourceKind | 'function')[]
  readonly expected: string
}

const USES: Readonly<Record<ReferenceUse, Use>> = {
  queue: { kinds: ['queue'], expected: 'expected a queue: its name, `sqs:name` or its ARN' },
  standardQueue: {
    kinds: ['queue'],
    expected: 'expected a standard queue: its name, `sqs:name` or its ARN',
  },
  stream: {
    kinds: ['stream'],
    expected: 'expected a stream: its name, `kinesis:name`, `dynamodb:table` or its ARN',
  },
  topic: { kinds: ['topic'], expected: 'expected a topic: its name, `sns:name` or its ARN' },
  bus: { kinds: ['bus'], expected: 'expected an event bus: its name, `events:name` or its ARN' },
  bucket: { kinds: ['bucket'], expected: 'expected a bucket: its name, `s3:name` or its ARN' },
  deadLetter: {
    kinds: ['queue', 'topic'],
    expected: 'expected a queue or a topic: `sqs:name`, `sns:name` or its ARN',
  },
  batchFailure: {
    kinds: ['queue', 'topic', 'bucket'],
    expected: 'expected a queue, a topic or a bucket: `sqs:name`, `sns:name`, `s3:name` or its ARN',
  },
  onSuccess: {
    kinds: ['function', 'queue', 'topic', 'bus'],
    expected: 'expected `sqs:name`, `sns:name`, `lambda:name`, `events:name` or an ARN',
  },
  onFailure: {
    kinds: ['function', 'queue', 'topic', 'bus', 'bucket'],
    expected: 'expected `sqs:name`, `sns:name`, `lambda:name`, `events:name`, `s3:name` or an ARN',
  },
}

/** Services that a reference can lead to on AWS, but not yet here. */
const LATER_SERVICES = new Set(['dynamodb', 'firehose', 'kafka', 'scheduler'])
const ARN = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/
const QUEUE_URL = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\/(\d{12})\/([^/]+)$/

/**
 * What a reference names: `orders`, `sqs:orders`, `lambda:report`, a full ARN, or a queue's URL (what `!Ref` gives).
 * A resource need not be declared; a function must exist.
 */
export function resolveReference(text: string, use: ReferenceUse, known: Referables): Target {
  const url = QUEUE_URL.exec(text)
  if (url !== null) return located(RESOURCES.queue, url[1] ?? '', url[2] ?? '', url[3] ?? '', use, known)
  if (text.startsWith('arn:')) return resolveArn(text, use, known)
  const colon = text.indexOf(':')
  if (colon > 0) return resolveShort(text.slice(0, colon), text.slice(colon + 1), use, known)
  const first = USES[use].kinds[0] ?? 'function'
  if (first !== 'function') return resolveResource(RESOURCES[first], text, use, known)
  // Like the Serverless Framework: a plain name is a function of this file, here also a declared resource's hint.
  const declared = known.functions.has(text) ? undefined : declaredAs(text, use, known)
  if (declared !== undefined) {
    return refused(
      `\`${text}\` is a ${declared.noun}, but a plain name means a function here`,
      `expected \`${declared.service}:${text}\``,
    )
  }
  return resolveFunction(text, use, known)
}

const declaredAs = (name: string, use: ReferenceUse, known: Referables): ResourceDescription | undefined =>
  RESOURCE_KINDS.find(({ kind }) => isAllowed(kind, use) && known.declared[kind].has(name))

const isAllowed = (kind: ResourceKind | 'function', use: ReferenceUse): boolean =>
  USES[use].kinds.includes(kind)

function resolveShort(service: string, name: string, use: ReferenceUse, known: Referables): Target {
  const resource = RESOURCE_KINDS.find((each) => each.service === service)
  if (resource) return resolveAllowed(resource, name, use, known)
  if (service === 'lambda') return resolveAllowedFunction(name, use, known)
  if (service === 'dynamodb' && use === 'stream') return resolveTable(`table/${name}`, known)
  if (LATER_SERVICES.has(service)) return refusedService(service, use)
  const guess = didYouMean(
    service,
    USES[use].kinds.map((kind) => (kind === 'function' ? 'lambda' : RESOURCES[kind].service)),
  )
  return refused(`\`${service}:${name}\` is no reference`, `${USES[use].expected}${guess && `; ${guess}`}`)
}

function resolveArn(text: string, use: ReferenceUse, known: Referables): Target {
  const match = ARN.exec(text)
  if (match === null) {
    return refused(`\`${text}\` is not a complete ARN`, 'expected `arn:aws:SERVICE:REGION:ACCOUNT:NAME`')
  }
  const [, partition = '', service = '', region = '', account = '', rest = ''] = match
  const isTable = service === 'dynamodb' && use === 'stream'
  if (LATER_SERVICES.has(service) && !isTable) return refusedService(service, use)
  if (partition !== 'aws')
    return refused(`the partition \`${partition}\` is not supported`, 'expected `arn:aws:...`')
  const resource = RESOURCE_KINDS.find((each) => each.service === service)
  if (resource) {
    const name = resource.nameIn(rest)
    return name === undefined
      ? refused(`\`${rest}\` names no ${resource.noun}`, USES[use].expected)
      : located(resource, region, account, name, use, known)
  }
  if (isTable)
    return elsewhere('table', { region, account }, tableArn(known, rest), known) ?? resolveTable(rest, known)
  if (service !== 'lambda') return refused(`an ARN of \`${service}\` cannot be used here`, USES[use].expected)
  const name = /^function:([^:]+)$/.exec(rest)?.[1]
  if (name === undefined) {
    return refused(
      `\`${rest}\` names no function`,
      'expected `function:NAME` without version or alias: there is only `$LATEST`',
    )
  }
  return located('function', region, account, name, use, known)
}

function located(
  what: ResourceDescription | 'function',
  region: string,
  account: string,
  name: string,
  use: ReferenceUse,
  known: Referables,
): Target {
  const { identity } = known
  if (what === 'function')
    return (
      elsewhere('function', { region, account }, functionArn(identity, name), known) ??
      resolveAllowedFunction(name, use, known)
    )
  const refusal = what.isLocated
    ? elsewhere(what.noun, { region, account }, what.arn(identity, name), known)
    : undefined
  return refusal ?? resolveAllowed(what, name, use, known)
}

/** The refusal of what is of another region or account. */
function elsewhere(
  noun: string,
  given: { readonly region: string; readonly account: string },
  own: string,
  { identity }: Referables,
): Target | undefined {
  if (given.region !== identity.region)
    return refused(
      `this ${noun} is in region \`${given.region}\`, but the spec runs in \`${identity.region}\``,
      `expected \`${own}\``,
    )
  if (given.account === identity.accountId) return undefined
  return refused(
    `this ${noun} is of account \`${given.account}\`, but the spec runs as \`${identity.accountId}\``,
    `expected \`${own}\``,
  )
}

const TABLE = /^table\/([A-Za-z0-9_.-]{3,255})(\/stream\/[^/]+)?$/

const tableArn = ({ identity: { region, accountId } }: Referables, rest: string): string =>
  `arn:aws:dynamodb:${region}:${accountId}:${rest}`

/** A table, of which the newest stream is meant, or one stream of a table: `table/carts/stream/2026-01-01T10:00:00.123`. */
function resolveTable(rest: string, known: Referables): Target {
  const name = TABLE.exec(rest)?.[1]
  if (name !== undefined) return { kind: 'table', name, arn: tableArn(known, rest) }
  return refused(
    `\`${rest.replace(/^table\//, '')}\` is no table name`,
    'expected letters, digits, `-`, `_` and `.`, 3 to 255 of them',
  )
}

function resolveAllowed(
  resource: ResourceDescription,
  name: string,
  use: ReferenceUse,
  known: Referables,
): Target {
  if (isAllowed(resource.kind, use)) return resolveResource(resource, name, use, known)
  return refused(`${articled(resource.noun)} cannot be used here`, USES[use].expected)
}

const resolveAllowedFunction = (name: string, use: ReferenceUse, known: Referables): Target =>
  isAllowed('function', use)
    ? resolveFunction(name, use, known)
    : refused('a function cannot be used here', USES[use].expected)

function resolveResource(
  resource: ResourceDescription,
  name: string,
  use: ReferenceUse,
  { identity }: Referables,
): Target {
  const { kind, noun, namePattern, nameRule } = resource
  if (name.endsWith(FIFO_SUFFIX)) {
    if (kind === 'topic')
      return refused(
        `the FIFO topic \`${name}\` is not supported by this version`,
        'expected a standard topic',
      )
    if (kind === 'queue' && use !== 'queue')
      return refused(
        `the FIFO queue \`${name}\` cannot be used here: what is delivered has no message group`,
        'expected a standard queue',
      )
  }
  if (!new RegExp(namePattern).test(name)) {
    return refused(`\`${name}\` is no ${noun} name`, `expected ${nameRule}`)
  }
  return { kind, name, arn: resource.arn(identity, name) }
}

function resolveFunction(wanted: string, use: ReferenceUse, known: Referables): Target {
  const { functions, identity, declared } = known
  const names = [...functions.values()]
  const name = functions.get(wanted) ?? names.find((each) => each === wanted)
  if (name !== undefined) return { kind: 'function', name, arn: functionArn(identity, name) }
  if (wanted.includes(':')) {
    return refused(
      `\`${wanted}\` names a version or alias`,
      'expected the function alone: there is only `$LATEST`',
    )
  }
  const others = RESOURCE_KINDS.filter(({ kind }) => isAllowed(kind, use)).map(({ kind, service }) => ({
    service,
    names: [...declared[kind]],
  }))
  const guesses = others.map(({ service, names }) =>
    didYouMean(
      `${service}:${wanted}`,
      names.map((each) => `${service}:${each}`),
    ),
  )
  const guess = [didYouMean(wanted, [...functions.keys(), ...names]), ...guesses].find(Boolean)
  return refused(
    `there is no function \`${wanted}\``,
    `expected a function of this file${guess ? `; ${guess}` : ''}`,
  )
}

const articled = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`

function refusedService(service: string, use: ReferenceUse): Target {
  return refused(`a target in \`${service}\` is not supported by this version`, USES[use].expected)
}

function refused(message: string, hint: string): Target {
  return { kind: 'refused', refusal: { message, hint } }
}
