/** What went wrong at a foreign stream, in one sentence for people. */
export class ForeignStreamProblem extends Error {
  /** There is no such stream. */
  readonly isNoStream: boolean

  constructor(cause: unknown, streamName: string, url: string) {
    super(sentenceOf(cause, streamName, url), { cause })
    this.isNoStream = isNoStream(cause)
  }
}

function sentenceOf(error: unknown, streamName: string, url: string): string {
  if (isNoStream(error)) return `there is no stream ${streamName} at ${url}`
  // Node tries several addresses of a host, and what it says of all of them together is nothing.
  if (isFromSystem(error)) return `${url} cannot be reached`
  return `${url}: ${error instanceof Error && error.message !== '' ? error.message : codeOf(error)}`
}

const isNoStream = (error: unknown): boolean => codeOf(error) === 'ResourceNotFoundException'

const isFromSystem = (error: unknown): boolean =>
  error instanceof Error && /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? error.name)

/** The service's word for what went wrong. */
export const codeOf = (error: unknown): string => (error instanceof Error ? error.name : String(error))

/** Too much was asked for at once: a pause helps. */
export const isThrottled = (error: unknown): boolean =>
  /^(ProvisionedThroughputExceeded|LimitExceeded|Throttling|RequestLimitExceeded|TooManyRequests|KMSThrottling)/.test(
    codeOf(error),
  )

/** What was there is gone by age, or was in an earlier stream of the same name. */
export const isPlaceGone = (error: unknown): boolean =>
  codeOf(error) === 'TrimmedDataAccessException' ||
  (error instanceof Error && error.message.includes('did not come from this stream'))
