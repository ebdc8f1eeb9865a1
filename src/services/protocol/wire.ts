/** What a protocol makes of an answer; the gateway only adds the request id and the length. */
export interface WireAnswer {
  readonly status: number
  /** Name, value, name, value ... as `writeHead` takes them. */
  readonly headers: readonly string[]
  readonly body: string | Uint8Array
  /** Where it is not the body's own: of a HEAD request. */
  readonly contentLength?: number
  /** The headers name the request already, in the service's own way. */
  readonly tellsRequestId?: true
}
