/** What went wrong at a foreign endpoint, in one sentence for people. */
export class ForeignProblem extends Error {
  /** The SDK's or the system's word for it: `RequestThrottled`, `ECONNREFUSED`. */
  readonly code: string
  /** There is no such queue. */
  readonly isNoQueue: boolean
  /** Trying again cannot help: SQS answered, and refuses the request itself. */
  readonly isForGood: boolean

  constructor(cause: unknown, queueName: string, url: string) {
    super(sentenceOf(cause, queueName, url), { cause })
    this.code = codeOf(cause)
    this.isNoQueue = isNoQueue(cause)
    this.isForGood = isForGood(cause)
  }
}

function sentenceOf(error: unknown, queueName: string, url: string): string {
  if (isNoQueue(error)) return `there is no queue ${queueName} at ${url}`
  // Node tries several addresses of a host, and what it says of all of them together is nothing.
  if (isFromSystem(codeOf(error))) return `${url} cannot be reached`
  const said = error instanceof Error && error.message !== '' ? error.message : codeOf(error)
  return `${url}: ${said}`
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return code !== undefined && isFromSystem(code) ? code : error.name
}

const isFromSystem = (code: string): boolean => /^E[A-Z]+$/.test(code)

/** Whether the queue does not exist: the two protocols of SQS name that differently. */
const isNoQueue = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'QueueDoesNotExist' || error.name === 'AWS.SimpleQueueService.NonExistentQueue')

function isForGood(error: unknown): boolean {
  if (isNoQueue(error)) return true
  if (!(error instanceof Error) || /throttl|TooManyRequests|RequestLimit|SlowDown/i.test(error.name))
    return false
  const { httpStatusCode: status = 500 } =
    (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {}
  return status >= 400 && status < 500 && status !== 403
}
