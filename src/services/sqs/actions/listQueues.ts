import type { Operation } from '../../operation.ts'
import { pageOf } from '../page.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueNamePrefix?: string
  readonly NextToken?: string
  readonly MaxResults?: number
}

/** `ListQueues`: by name. Without any queue the answer has no list at all. */
export const createListQueues =
  (queues: Queues): Operation<Input> =>
  (input, { baseUrl }) => {
    const names = queues
      .all()
      .map(({ name }) => name)
      .filter((name) => name.startsWith(input.QueueNamePrefix ?? ''))
    const { page, nextToken } = pageOf(names, input)
    return {
      ...(page.length > 0 && { QueueUrls: page.map((name) => queues.urlOf(name, baseUrl)) }),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    }
  }
