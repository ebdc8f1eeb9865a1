import sortedBtree from 'sorted-btree'

/** A map in key order: the clock's timers, the in-memory store. (The package is CommonJS, hence `.default`.) */
export const SortedMap = sortedBtree.default
