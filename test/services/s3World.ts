import http from 'node:http'
import { S3Client } from '@aws-sdk/client-s3'
import { onTestFinished } from 'vitest'
import { createS3Service } from '../../src/services/s3/index.ts'
import { objectChanged, type ObjectChange } from '../../src/services/s3/signals.ts'
import type { Fact, Telling } from '../../src/services/signals.ts'
import { createMemoryStore, type Effect, type Store } from '../../src/store/index.ts'
import { createClock, createIds } from '../../src/system/index.ts'
import { accountId, createWorld, region, startMs, type WorldOptions } from './world.ts'

export interface S3WorldOptions extends Pick<WorldOptions, 'causeOf' | 'extraRoutes'> {
  readonly store?: Store
  readonly region?: string
  /** What a fact comes to, beside being written down. */
  readonly effectsOf?: (change: ObjectChange) => readonly Effect[]
  readonly buckets?: readonly string[]
}

/** A gateway with S3 beside the other services, over one store, with a clock of its own that stands still. */
export async function createS3World(options: S3WorldOptions = {}) {
  const store = options.store ?? createMemoryStore()
  const clock = createClock({ mode: 'frozen', startMs, idle: async () => {} })
  const prepared: ObjectChange[] = []
  const told: ObjectChange[] = []
  const changes: ObjectChange[] = []
  const s3 = createS3Service({
    store,
    clock,
    ids: createIds(),
    identity: { accountId, region: options.region ?? region },
    signals: {
      prepare<Detail>(fact: Fact<Detail>, detail: Detail): Telling {
        if (fact.name !== objectChanged.name) throw new Error(`unexpected ${fact.name}`)
        const change = detail as ObjectChange
        prepared.push(change)
        return { effects: options.effectsOf?.(change) ?? [], told: () => told.push(change) }
      },
    },
    onObjectChanged: (change) => changes.push(change),
  })
  const { causeOf, extraRoutes } = options
  const world = await createWorld({
    store,
    extraServices: [s3.service],
    ...(causeOf && { causeOf }),
    ...(extraRoutes && { extraRoutes }),
  })
  const client = new S3Client({
    endpoint: world.url,
    region: options.region ?? region,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  onTestFinished(() => {
    client.destroy()
    clock.stop()
  })
  for (const bucket of options.buckets ?? []) await s3.declareBucket(bucket)
  const send = (method: string, path: string, more: RawRequest = {}) =>
    rawRequest(world.port, method, path, more)
  return { ...world, clock, s3, client, prepared, told, changes, send }
}

export interface RawRequest {
  readonly headers?: http.OutgoingHttpHeaders
  readonly body?: string | Uint8Array
  /** Leave the signature out. */
  readonly isAnonymous?: boolean
}

export interface RawAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly bytes: Buffer
  readonly body: string
}

const signature =
  'AWS4-HMAC-SHA256 Credential=key/20260102/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x'

/** A request whose path and headers go out exactly as they are given. */
const rawRequest = (port: number, method: string, path: string, more: RawRequest): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const headers = { ...(!more.isAnonymous && { Authorization: signature }), ...more.headers }
    const outgoing = http.request(
      { host: '127.0.0.1', port, agent: false, method, path, headers },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            body: bytes.toString(),
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(more.body)
  })

/** The text of the first element of that name. */
export const inXml = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]

/** Code and status of an error answer. */
export const errorIn = ({ status, body }: RawAnswer): [number, string | undefined] => [
  status,
  inXml(body, 'Code'),
]
