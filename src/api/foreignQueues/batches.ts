const MOST_PER_BATCH = 10

/** In portions that one call of SQS takes. */
export function inTens<Item>(items: readonly Item[]): (readonly Item[])[] {
  const batches: (readonly Item[])[] = []
  for (let from = 0; from < items.length; from += MOST_PER_BATCH)
    batches.push(items.slice(from, from + MOST_PER_BATCH))
  return batches
}
