import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import type { StreamConfig, StreamRecordContext, StreamSource } from '../../src/sources/index.ts'
import type { JsonObject } from '../../src/system/index.ts'

/** One record of a stream, and how AWS showed it to a function. */
export interface RecordedRecord<StreamRecord> {
  readonly record: StreamRecord
  readonly context: StreamRecordContext
  readonly golden: JsonObject
}

/** What holds for every kind of stream: its examples, its defaults, its record against the recorded one. */
export function describeStream<StreamRecord>(
  source: StreamSource<StreamConfig, StreamRecord>,
  { record, context, golden }: RecordedRecord<StreamRecord>,
): void {
  describe(source.name, () => {
    // What the definitions say is checked where the whole schema is built.
    const validate = new Ajv({ strict: false }).compile({
      ...source.config.schema,
      definitions: { duration: { type: 'string' }, streamReference: {} },
    })

    test('every example is allowed, without complaints, and a typo is refused', () => {
      for (const example of source.examples) {
        expect(validate(example), JSON.stringify(validate.errors)).toBe(true)
        expect(source.config.complaints?.({ ...example })).toEqual([])
      }
      expect(validate({ ...source.examples[0], notASetting: 1 })).toBe(false)
    })

    test('the record is the recorded one, key by key in its order', () => {
      expect(JSON.stringify(source.record(record, context))).toBe(JSON.stringify(golden))
    })

    test('the record is pure: asked twice, it says the same', () => {
      expect(source.record(record, context)).toEqual(source.record(record, context))
    })

    test("a mapping that says nothing has AWS's settings, from the oldest record on", () => {
      expect(source.settings({ stream: context.settings.streamArn })).toEqual({
        streamArn: context.settings.streamArn,
        startingPosition: 'TRIM_HORIZON',
        startingTimestampMs: null,
        batchSize: 100,
        windowMs: 0,
        parallelizationFactor: 1,
        maximumRetryAttempts: null,
        maximumRecordAgeMs: null,
        bisectsOnError: false,
        tumblingWindowMs: 0,
        onFailureArn: null,
        reportsItemFailures: false,
        filters: [],
        metrics: [],
        isEnabled: true,
      })
    })
  })
}
