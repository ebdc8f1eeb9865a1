import type { RuntimeProfile } from '../profile.ts'
import { httpResponseStream } from './responseStream.ts'

/** AWS's own marks on a handler. */
export const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming')
export const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')

const REQUEST_ID = Symbol.for('_AWS_LAMBDA_REQUEST_ID')
const TRACE_ID = Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID')
const TENANT_ID = Symbol.for('_AWS_LAMBDA_TENANT_ID')
const PROTECTED: ReadonlySet<PropertyKey> = new Set([REQUEST_ID, TRACE_ID, TENANT_ID])

type Store = Record<PropertyKey, unknown>

let store: Store = {}

/** The global `awslambda`. */
export function installAwsLambda(profile: RuntimeProfile): void {
  const off = process.env['AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA']
  if (off === '1' || off === 'true') return
  const awslambda = {
    streamifyResponse,
    HttpResponseStream: { from: httpResponseStream },
    ...(profile.generation === 'modern' ? { InvokeStore: invokeStore } : {}),
  }
  Object.assign(globalThis, { awslambda })
}

/** What `InvokeStore` answers from now on. */
export function beginInvokeStore(requestId: string, traceId: string): void {
  store = { [REQUEST_ID]: requestId, [TRACE_ID]: traceId }
}

/** Marks a handler as one that answers piece by piece. */
function streamifyResponse(handler: object, options?: { readonly highWaterMark?: number }): object {
  Object.assign(handler, {
    [STREAMING]: 'response',
    ...(options?.highWaterMark !== undefined && { [HIGH_WATER_MARK]: options.highWaterMark }),
  })
  return handler
}

const invokeStore = {
  getContext: () => store,
  hasContext: () => REQUEST_ID in store,
  getRequestId: () => store[REQUEST_ID] ?? '-',
  getXRayTraceId: () => store[TRACE_ID],
  getTenantId: () => store[TENANT_ID],
  get: (key: PropertyKey) => store[key],
  set(key: PropertyKey, value: unknown) {
    if (PROTECTED.has(key)) throw new Error(`Cannot modify protected Lambda context field: ${String(key)}`)
    store[key] = value
  },
  run<T>(context: Store, run: () => T): T {
    const before = store
    store = context
    try {
      return run()
    } finally {
      store = before
    }
  },
}
