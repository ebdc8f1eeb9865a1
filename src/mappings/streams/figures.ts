/** What became of a mapping's records since it was created: what AWS counts as `EventCount`. */
export interface StreamFigures {
  /** Read from the stream. */
  readonly polled: number
  /** Passed over because no filter matched. */
  readonly filteredOut: number
  /** Handed to the function, once for each run. */
  readonly invoked: number
  /** Handed to the function and not done afterwards. */
  readonly failedInvoke: number
  /** Given up, and nobody was told. */
  readonly dropped: number
  /** Given up, and told to the on-failure destination. */
  readonly delivered: number
}

export type CountedStreamFigures = { -readonly [Name in keyof StreamFigures]: number }

export const noStreamFigures = (): CountedStreamFigures => ({
  polled: 0,
  filteredOut: 0,
  invoked: 0,
  failedInvoke: 0,
  dropped: 0,
  delivered: 0,
})

/** The figures under the names that CloudWatch has for them, as far as the mapping's settings ask for them. */
export function streamMetricsOf(
  figures: StreamFigures,
  asked: readonly string[],
): Readonly<Record<string, number>> {
  if (!asked.includes('EventCount')) return {}
  return {
    PolledEventCount: figures.polled,
    FilteredOutEventCount: figures.filteredOut,
    InvokedEventCount: figures.invoked,
    FailedInvokeEventCount: figures.failedInvoke,
    DroppedEventCount: figures.dropped,
    OnFailureDestinationDeliveredEventCount: figures.delivered,
  }
}
