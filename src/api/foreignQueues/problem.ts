/** What went wrong at a foreign endpoint, in one sentence for the mapping's state; the SDK's error is the cause. */
export function foreignProblem(error: unknown, queueName: string, url: string): Error {
  return new Error(sentenceOf(error, queueName, url), { cause: error })
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
