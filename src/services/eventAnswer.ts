/**
 * What an operation answers whose answer goes on: events, one after the other, until there are no more. A `ServiceError`
 * that is thrown on the way travels as an event. The events are not asked for any more once the caller has hung up; what
 * waits in between is to watch the context's `signal`, and to park its `work`.
 */
export class EventAnswer {
  readonly events: AsyncIterable<AnswerEvent>
  /** The members of the output beside the stream. */
  readonly initial: object

  constructor(events: AsyncIterable<AnswerEvent>, initial: object = {}) {
    this.events = events
    this.initial = initial
  }
}

export interface AnswerEvent {
  /** The member of the stream's union: `SubscribeToShardEvent`. */
  readonly type: string
  readonly payload: object
}
