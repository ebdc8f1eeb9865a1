import type { Operation } from './operation.ts'
import type { JsonBinding } from './protocol/jsonProtocol.ts'
import type { QueryBinding } from './protocol/queryProtocol.ts'
import type { RestBinding } from './protocol/restJsonProtocol.ts'
import type { RestXmlBinding } from './protocol/restXmlProtocol.ts'

/**
 * A service as the gateway sees it: a table of operations, and how each wire protocol names them. A service may speak
 * several protocols; the operations do not know which one carried the call.
 */
export interface Service {
  /** The signing name, as in a credential scope: `sqs`, `lambda`, `sts`. */
  readonly name: string
  readonly operations: Readonly<Record<string, Operation>>
  /** Operations that exist at AWS but not here: answered 501 by name. */
  readonly notBuilt: readonly string[]
  /** A longer body is refused before it is read. */
  readonly maximumBodyBytes: number
  /** Operations that take more, or less. */
  readonly bodyLimits?: Readonly<Record<string, number>>
  /** How the refusal reads; default: `RequestEntityTooLargeException`. */
  readonly bodyTooLarge?: {
    readonly code: string
    readonly message: string | ((limitBytes: number, operation: string) => string)
    readonly status?: number
  }
  /** An `x-amzn-RequestId` that the caller sends becomes the request's id (Lambda). */
  readonly takesRequestId?: boolean
  readonly json?: JsonBinding
  readonly query?: QueryBinding
  readonly rest?: RestBinding
  readonly restXml?: RestXmlBinding
}
