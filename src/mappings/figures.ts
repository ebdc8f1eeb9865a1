/** What became of a mapping's messages since it was created: what AWS counts as `EventCount`. */
export interface MappingFigures {
  /** Received from the queue. */
  readonly polled: number
  /** Deleted because no filter matched. */
  readonly filteredOut: number
  /** Handed to the function, once for each run. */
  readonly invoked: number
  /** Handed to the function and not done afterwards. */
  readonly failedInvoke: number
  /** Deleted because the function was done with them. */
  readonly deleted: number
}

/** The figures under the names that CloudWatch has for them, as far as the mapping's settings ask for them. */
export function metricsOf(
  figures: MappingFigures,
  asked: readonly string[],
): Readonly<Record<string, number>> {
  if (!asked.includes('EventCount')) return {}
  return {
    PolledEventCount: figures.polled,
    FilteredOutEventCount: figures.filteredOut,
    InvokedEventCount: figures.invoked,
    FailedInvokeEventCount: figures.failedInvoke,
    DeletedEventCount: figures.deleted,
  }
}

export type CountedFigures = { -readonly [Name in keyof MappingFigures]: number }

export const noFigures = (): CountedFigures => ({
  polled: 0,
  filteredOut: 0,
  invoked: 0,
  failedInvoke: 0,
  deleted: 0,
})
