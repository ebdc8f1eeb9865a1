/** What went wrong at a foreign endpoint, in one sentence for people. */
export class ForeignProblem extends Error {
  /** Trying again cannot help: SQS answered, and refuses the request itself. */
  readonly isForGood: boolean

  constructor(cause: unknown, queueName: string, url: string) {
    super(sentenceOf(cause, queueName, url), { cause })
    this.isForGood = isForGood(cause)
  }
}

function sentenceOf(error: unknown, queueName: string, url: string): string {
  if (isNoQueue(error)) return `there is no queue ${queueName} at ${url}`
  if (!(error instanceof Error)) return `${url}: ${String(error)}`
  // Node tries several addresses of a host, and what it says of all of them together is nothing.
  const { code } = error as NodeJS.ErrnoException
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return `${url} cannot be reached (${code})`
  return `${url}: ${error.name}${error.message === '' ? '' : `: ${error.message}`}`
}

/** Whether the queue does not exist: the two protocols of SQS name that differently. */
export const isNoQueue = (error: unknown): boolean =>
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
