import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { taggedResource } from '../tags.ts'

/** `ListTagsForResource`: an empty list without tags. */
export const createListTagsForResource =
  (buses: Buses): Operation<{ readonly ResourceARN?: string }> =>
  ({ ResourceARN }) => ({
    Tags: Object.entries(taggedResource(buses, ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
  })
