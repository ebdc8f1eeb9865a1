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

export type CountedFigures = { -readonly [Name in keyof MappingFigures]: number }

export const noFigures = (): CountedFigures => ({
  polled: 0,
  filteredOut: 0,
  invoked: 0,
  failedInvoke: 0,
  deleted: 0,
})
