import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import type { AnySource, AwsContext, ReplyOutcome } from '../../src/sources/defineSource.ts'

/** The context that golden events were written with. */
export const AWS: AwsContext = {
  accountId: '123456789012',
  region: 'us-east-1',
  nowMs: Date.UTC(2020, 2, 12, 19, 3, 58, 390),
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  uuid: () => 'cdc73f9d-aea9-11e3-9d5a-835b769c0d9c',
}

const OUTCOMES: readonly ReplyOutcome[] = [
  { kind: 'success', payload: Buffer.from('null') },
  { kind: 'success', payload: Buffer.from('{"statusCode":"not a number"}') },
  { kind: 'functionError', payload: Buffer.from('{"errorType":"Error","errorMessage":"boom"}') },
  { kind: 'throttled' },
  { kind: 'systemError' },
]

/** What holds for every push source: its examples, its event against the recorded one, its answers. */
export function describeSource(source: AnySource, golden: object): void {
  describe(source.name, () => {
    // What the definitions say is checked where the whole schema is built.
    const validate = new Ajv({ strict: false }).compile({
      ...source.config.schema,
      definitions: { duration: {}, queueReference: {}, topicReference: {}, busReference: {}, freeForm: {} },
    })
    const trigger = { id: 'fn/source/0', functionName: 'fn', source: source.name, config: source.examples[0] }

    test('every example is allowed, and a typo is refused', () => {
      for (const example of source.examples)
        expect(validate(example), JSON.stringify(validate.errors)).toBe(true)
      expect(validate({ ...source.examples[0], notASetting: 1 })).toBe(false)
    })

    test('the event has every key of the recorded one, of the same kind', () => {
      const event = source.event(source.sample, AWS, trigger)
      expect(shapeOf(event)).toMatchObject(shapeOf(golden) as object)
    })

    test('the event is pure: asked twice, it says the same', () => {
      expect(source.event(source.sample, AWS, trigger)).toEqual(source.event(source.sample, AWS, trigger))
    })

    if (source.reply) {
      test('every outcome gets an answer', () => {
        for (const outcome of OUTCOMES) expect(source.reply?.(outcome, source.sample)).toBeDefined()
      })
    }
  })
}

/** The same keys with the kinds of their values. */
function shapeOf(value: unknown): unknown {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
}
