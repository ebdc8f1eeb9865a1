import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { type ConsumerInput, registrationOf } from '../consumers.ts'
import { consumerMembers } from '../members.ts'
import type { Streams } from '../streams.ts'
import type { Subscriptions } from '../subscriptions.ts'

/** `DeregisterStreamConsumer`; its subscriptions end. */
export const createDeregisterStreamConsumer =
  (streams: Streams, subscriptions: Subscriptions): Operation<ConsumerInput> =>
  async (input) => {
    checkMembers(consumerMembers(input))
    const { stream, consumer } = registrationOf(streams, input)
    const consumers = stream.record.consumers.filter((one) => one !== consumer)
    await streams.change(stream, { consumers })
    subscriptions.endAll({ stream, consumer })
  }
