import { afterEach, beforeEach, describe } from 'vitest'
import type { Store } from '../../src/store/index.ts'
import { describeDeduplication } from './conformance/deduplication.ts'
import { givenStore } from './conformance/given.ts'
import { describeGroups } from './conformance/groups.ts'
import { describeItems } from './conformance/items.ts'
import { describeLife } from './conformance/life.ts'
import { describeLogs } from './conformance/log.ts'
import { describeTables } from './conformance/table.ts'
import { describeTokens } from './conformance/tokens.ts'
import { describeWatch } from './conformance/watch.ts'

/** What every store keeps, sentence by sentence of `types.ts`; run for each implementation. */
export function describeStore(
  name: string,
  openEmpty: () => Promise<{ store: Store; end: () => Promise<void> }>,
): void {
  describe(`${name} store`, () => {
    let store: Store
    let end: () => Promise<void>

    beforeEach(async () => {
      ;({ store, end } = await openEmpty())
    })
    afterEach(() => end())

    const given = givenStore(() => store)
    describeItems(given)
    describeGroups(given)
    describeDeduplication(given)
    describeTokens(given)
    describeWatch(given)
    describeLogs(given)
    describeTables(given)
    describeLife(given)
  })
}
