import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ruleOf } from '../../src/services/events/rule.ts'
import { indexRules } from '../../src/services/events/ruleIndex.ts'
import type { JsonObject } from '../../src/system/index.ts'

const word = fc.constantFrom('a', 'b', 'c')
const wanted = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 3 }),
  fc.constant([{ prefix: 'a' }]),
  fc.constant([{ 'anything-but': 'b' }]),
)
const pattern = fc.oneof(
  fc.record({ source: wanted, 'detail-type': wanted }, { requiredKeys: ['source'] }),
  fc.record({ 'detail-type': wanted }),
  fc.record({ detail: fc.record({ x: wanted }) }),
  fc.tuple(wanted, wanted).map(([source, type]) => ({ $or: [{ source }, { 'detail-type': type }] })),
)

test('a bus finds exactly the rules that match, whatever it looks them up by', () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 8 }), word, word, word, (patterns, source, type, x) => {
      const identity = { accountId: '000000000000', region: 'us-east-1' }
      const rules = patterns.map((each, index) =>
        ruleOf(identity, 'default', `rule-${index}`, {
          pattern: JSON.stringify(each),
          state: index % 4 === 3 ? 'DISABLED' : 'ENABLED',
          tags: {},
          targets: [],
          createdMs: 0,
        }),
      )
      const event = { source, 'detail-type': type, detail: { x } } satisfies JsonObject
      const expected = rules.filter((rule) => rule.isEnabled && rule.pattern?.matches(event))
      const found = indexRules(rules).matching(event)
      expect(new Set(found)).toEqual(new Set(expected))
      expect(found).toHaveLength(expected.length)
    }),
  )
})
