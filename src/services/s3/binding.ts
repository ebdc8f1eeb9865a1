import type { RestXmlBinding, RestXmlHead, RestXmlMatch } from '../protocol/restXmlProtocol.ts'
import { addressOf, isS3Host } from './address.ts'
import { checkIntegrity } from './checksums.ts'
import * as errors from './errors.ts'
import { checkHeaders } from './headers.ts'
import { type OperationEntry, parseOperations } from './operationTable.ts'
import { type BuiltOperation, routes } from './routes.ts'

const entries = parseOperations()

/** By method and level, the more particular ones first. */
const candidates = new Map<string, OperationEntry[]>()
for (const entry of entries) {
  const group = `${entry.method} ${entry.level}`
  candidates.set(group, [...(candidates.get(group) ?? []), entry])
}

/** Parameters that name a part of a bucket or an object, or one of its versions: never to be overlooked. */
const significant: ReadonlySet<string> = new Set([
  'partNumber',
  'versionId',
  ...entries.flatMap(({ parameters }) =>
    parameters.flatMap(([name, value]) => (value === undefined && name !== 'id' ? [name] : [])),
  ),
])

/** Names of the operations that are not built. */
export const notBuilt: readonly string[] = [
  ...new Set(entries.map(({ operation }) => operation).filter((name) => !Object.hasOwn(routes, name))),
]

/** S3 on the wire. `exists` tells whether there is a bucket of that name. */
export const createBinding = (exists: (bucket: string) => boolean): RestXmlBinding => ({
  xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
  match,
  isMeant(head) {
    if (isS3Host(head) || head.query.has('AWSAccessKeyId')) return true
    const bucket = addressOf(head)?.bucket
    return bucket !== undefined && exists(bucket)
  },
  check(route, headers, body) {
    checkHeaders(route, headers)
    checkIntegrity(headers, body)
  },
})

function match(head: RestXmlHead): RestXmlMatch {
  const address = addressOf(head)
  if (!address) return { kind: 'refused', error: errors.invalidUri(head.path) }
  const { bucket, key } = address
  const level = bucket === undefined ? 'service' : key === undefined ? 'bucket' : 'object'
  const found = candidates.get(`${head.method} ${level}`)?.find((entry) => isMeantBy(head, entry))
  if (!found) return { kind: 'refused', error: errors.methodNotAllowed(head.method, level) }
  const overlooked = [...head.query.keys()].find(
    (name) => significant.has(name) && !found.parameters.some(([known]) => known === name),
  )
  if (overlooked === 'versionId' || overlooked === 'partNumber')
    return { kind: 'refused', error: errors.parameterNotImplemented(overlooked) }
  if (overlooked !== undefined) return { kind: 'refused', error: errors.methodNotAllowed(head.method, level) }
  const { operation } = found
  const route = Object.hasOwn(routes, operation) ? routes[operation as BuiltOperation] : undefined
  return { kind: 'operation', operation, route, labels: { Bucket: bucket, Key: key } }
}

const isMeantBy = (head: RestXmlHead, { parameters, header }: OperationEntry): boolean =>
  parameters.every(([name, value]) =>
    value === undefined ? head.query.has(name) : head.query.get(name) === value,
  ) &&
  (header === undefined || head.headers[header] !== undefined)
