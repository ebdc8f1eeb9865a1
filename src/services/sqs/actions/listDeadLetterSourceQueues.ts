import type { Operation } from '../../operation.ts'
import { pageOf } from '../page.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueUrl?: string
  readonly NextToken?: string
  readonly MaxResults?: number
}

/** `ListDeadLetterSourceQueues`: the queues whose redrive policy names this one. */
export const createListDeadLetterSourceQueues =
  (queues: Queues): Operation<Input> =>
  (input, { baseUrl }) => {
    const { arn } = queues.ofUrl(input.QueueUrl)
    const sources = queues.all().filter(({ settings }) => settings.redrive?.deadLetterArn === arn)
    const { page, nextToken } = pageOf(
      sources.map(({ name }) => name),
      input,
    )
    return {
      queueUrls: page.map((name) => queues.urlOf(name, baseUrl)),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    }
  }
