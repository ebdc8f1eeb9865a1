import { question } from '../signals.ts'

/** An HTTP request to a function's URL, as it came. */
export interface UrlRequest {
  readonly functionName: string
  /** The alias whose URL it is; `null` for the function's own. */
  readonly alias: string | null
  readonly urlId: string
  readonly method: string
  /** Path as sent, not decoded, without what only served to find the function. */
  readonly rawPath: string
  /** Without the question mark. */
  readonly rawQueryString: string
  /** Lower-case names; values of repeated headers in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  readonly sourceIp: string
  readonly domainName: string
  /** Takes the function's answer as it comes; absent where it is to be sent as a whole. */
  readonly stream?: UrlStream | undefined
}

/** Takes a function's answer piece by piece. */
export interface UrlStream {
  begin(head: { readonly contentType: string }): void
  write(chunk: Uint8Array): void | Promise<void>
}

/** The HTTP response that the function's answer means. */
export interface UrlResponse {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

export const urlRequested = question<UrlRequest, UrlResponse>('functionUrl.urlRequested')

export { readPrelude } from './prelude.ts'
export { headOf } from './responseHead.ts'
