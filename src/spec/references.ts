import type { Refusal } from './refusals.ts'
import { functionArn, type Identity, queueArn } from './identity.ts'
import { didYouMean } from './nearest.ts'

/** What a reference can lead to. */
export interface Referables {
  readonly identity: Identity
  /** Names by key. */
  readonly functions: ReadonlyMap<string, string>
  readonly queues: ReadonlySet<string>
}

export type Target =
  | { readonly kind: 'queue'; readonly name: string; readonly arn: string }
  | { readonly kind: 'function'; readonly name: string; readonly arn: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** Where a reference stands, which decides what it may be and what a plain name means. */
export type ReferenceUse = 'queue' | 'deadLetter' | 'destination'

const EXPECTED: Readonly<Record<ReferenceUse, string>> = {
  queue: 'expected a queue: its name, `sqs:name` or its ARN',
  deadLetter: 'expected a queue: `sqs:name` or its ARN',
  destination: 'expected `sqs:name`, `lambda:name` or an ARN',
}
/** Services that a destination can be on AWS, but not yet here. */
const LATER_SERVICES = new Set([
  'sns',
  'events',
  's3',
  'kinesis',
  'dynamodb',
  'firehose',
  'kafka',
  'scheduler',
])
const QUEUE_NAME = /^[A-Za-z0-9_-]{1,80}$/
const ARN = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/
const QUEUE_URL = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\/(\d{12})\/([^/]+)$/

/**
 * What a reference names: `orders`, `sqs:orders`, `lambda:report`, a full ARN, or a queue's URL (what `!Ref` gives).
 * A queue need not be declared; a function must exist.
 */
export function resolveReference(text: string, use: ReferenceUse, known: Referables): Target {
  const url = QUEUE_URL.exec(text)
  if (url !== null) return located('sqs', url[1] ?? '', url[2] ?? '', url[3] ?? '', use, known)
  if (text.startsWith('arn:')) return resolveArn(text, use, known)
  const colon = text.indexOf(':')
  if (colon > 0) return resolveShort(text.slice(0, colon), text.slice(colon + 1), use, known)
  if (use !== 'destination') return resolveQueue(text, known)
  // Like the Serverless Framework: a plain name is a function of this file, here also a declared queue's hint.
  if (!known.functions.has(text) && known.queues.has(text)) {
    return refused(
      `\`${text}\` is a queue, but a plain name means a function here`,
      `expected \`sqs:${text}\``,
    )
  }
  return resolveFunction(text, known)
}

function resolveShort(service: string, name: string, use: ReferenceUse, known: Referables): Target {
  if (service === 'sqs') return resolveQueue(name, known)
  if (service === 'lambda' && use === 'destination') return resolveFunction(name, known)
  if (service === 'lambda') return refused('a function cannot be used here', EXPECTED[use])
  if (LATER_SERVICES.has(service)) return refusedService(service, use)
  const guess = didYouMean(service, use === 'destination' ? ['sqs', 'lambda'] : ['sqs'])
  return refused(`\`${service}:${name}\` is no reference`, `${EXPECTED[use]}${guess && `; ${guess}`}`)
}

function resolveArn(text: string, use: ReferenceUse, known: Referables): Target {
  const match = ARN.exec(text)
  if (match === null) {
    return refused(`\`${text}\` is not a complete ARN`, 'expected `arn:aws:SERVICE:REGION:ACCOUNT:NAME`')
  }
  const [, partition = '', service = '', region = '', account = '', rest = ''] = match
  if (LATER_SERVICES.has(service)) return refusedService(service, use)
  if (partition !== 'aws')
    return refused(`the partition \`${partition}\` is not supported`, 'expected `arn:aws:...`')
  if (service === 'sqs') return located(service, region, account, rest, use, known)
  if (service !== 'lambda') return refused(`an ARN of \`${service}\` cannot be used here`, EXPECTED[use])
  const name = /^function:([^:]+)$/.exec(rest)?.[1]
  if (name === undefined) {
    return refused(
      `\`${rest}\` names no function`,
      'expected `function:NAME` without version or alias: there is only `$LATEST`',
    )
  }
  return located(service, region, account, name, use, known)
}

function located(
  service: string,
  region: string,
  account: string,
  name: string,
  use: ReferenceUse,
  known: Referables,
): Target {
  const { identity } = known
  const isQueue = service === 'sqs'
  const what = isQueue ? 'queue' : 'function'
  const own = (isQueue ? queueArn : functionArn)(identity, name)
  if (region !== identity.region) {
    return refused(
      `this ${what} is in region \`${region}\`, but the spec runs in \`${identity.region}\``,
      `expected \`${own}\``,
    )
  }
  if (account !== identity.accountId) {
    return refused(
      `this ${what} is of account \`${account}\`, but the spec runs as \`${identity.accountId}\``,
      `expected \`${own}\``,
    )
  }
  if (isQueue) return resolveQueue(name, known)
  return use === 'destination'
    ? resolveFunction(name, known)
    : refused('a function cannot be used here', EXPECTED[use])
}

function resolveQueue(name: string, { identity }: Referables): Target {
  if (name.endsWith('.fifo')) {
    return refused(`the FIFO queue \`${name}\` is not supported by this version`, 'expected a standard queue')
  }
  if (!QUEUE_NAME.test(name)) {
    return refused(`\`${name}\` is no queue name`, 'expected letters, digits, `-` and `_`, 1 to 80 of them')
  }
  return { kind: 'queue', name, arn: queueArn(identity, name) }
}

function resolveFunction(wanted: string, { functions, identity, queues }: Referables): Target {
  const names = [...functions.values()]
  const name = functions.get(wanted) ?? names.find((each) => each === wanted)
  if (name !== undefined) return { kind: 'function', name, arn: functionArn(identity, name) }
  if (wanted.includes(':')) {
    return refused(
      `\`${wanted}\` names a version or alias`,
      'expected the function alone: there is only `$LATEST`',
    )
  }
  const guess =
    didYouMean(wanted, [...functions.keys(), ...names]) ||
    didYouMean(
      `sqs:${wanted}`,
      [...queues].map((each) => `sqs:${each}`),
    )
  return refused(
    `there is no function \`${wanted}\``,
    `expected a function of this file${guess && `; ${guess}`}`,
  )
}

function refusedService(service: string, use: ReferenceUse): Target {
  return refused(`a target in \`${service}\` is not supported by this version`, EXPECTED[use])
}

function refused(message: string, hint: string): Target {
  return { kind: 'refused', refusal: { message, hint } }
}
