import { createRequire } from 'node:module'
import type SortedBtree from 'sorted-btree'

/** CommonJS: an import would cost 5 MiB. */
const sortedBtree = createRequire(import.meta.url)('sorted-btree') as typeof SortedBtree

/** A map in key order: the clock's timers, the in-memory store. */
export const SortedMap = sortedBtree.default
