import type { ClaimedItem, ClaimOptions, NewItem, Store } from '../../../src/store/index.ts'

export const NOW = 1_700_000_000_000

/** What the tests of a store share: the store of the running test, and short ways to use its delay queue. */
export interface Given {
  readonly store: () => Store
  /** An item of the queue `orders`, due now. */
  readonly item: (id: string, more?: Partial<NewItem>) => NewItem
  readonly put: (...items: NewItem[]) => Promise<number[]>
  readonly claim: (more?: Partial<ClaimOptions>, queue?: string) => Promise<ClaimedItem[]>
  readonly claimIds: (more?: Partial<ClaimOptions>, queue?: string) => Promise<string[]>
}

export function givenStore(store: () => Store): Given {
  const claim: Given['claim'] = (more = {}, queue = 'orders') =>
    store().claim(queue, { nowMs: NOW, limit: 10, leaseMs: 30_000, ...more })
  return {
    store,
    item: (id, more = {}) => ({
      queue: 'orders',
      id,
      body: Buffer.from(`body of ${id}`),
      meta: {},
      enqueuedMs: NOW,
      dueMs: NOW,
      ...more,
    }),
    put: async (...items) => (await store().put(items)).map((result) => result.sequence),
    claim,
    claimIds: async (more, queue) => ids(await claim(more, queue)),
  }
}

export const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id)
export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
export const tokens = (items: readonly ClaimedItem[]): ClaimedItem['token'][] =>
  items.map(({ token }) => token)
