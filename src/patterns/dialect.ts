/** Operators that not every place knows. */
export type RestrictedOperator = 'wildcard' | 'cidr' | 'anything-but of an operator'

/** Where a pattern stands, which decides what it may say. */
export interface Dialect {
  readonly refused: ReadonlySet<RestrictedOperator>
}

/** Rules of event buses, and `TestEventPattern`: the whole language. */
export const eventBridge: Dialect = { refused: new Set() }

/** Filters of event source mappings. */
export const eventSourceMapping: Dialect = {
  refused: new Set(['wildcard', 'cidr', 'anything-but of an operator']),
}
