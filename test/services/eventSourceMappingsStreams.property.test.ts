import type {
  CreateEventSourceMappingCommandInput,
  EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLambda, queueArn } from './mappingsWorld.ts'
import { accountId, region } from './world.ts'

const streams = [
  `arn:aws:kinesis:${region}:${accountId}:stream/clicks`,
  `arn:aws:dynamodb:${region}:${accountId}:table/orders/stream/2026-01-01T00:00:00.000`,
]

/** What a mapping of a stream can be told at any time: some of it, or all. */
const settings = fc.record(
  {
    BatchSize: fc.integer({ min: 1, max: 10_000 }),
    MaximumBatchingWindowInSeconds: fc.integer({ min: 0, max: 300 }),
    ParallelizationFactor: fc.integer({ min: 1, max: 10 }),
    MaximumRetryAttempts: fc.integer({ min: -1, max: 10_000 }),
    MaximumRecordAgeInSeconds: fc.oneof(fc.constant(-1), fc.integer({ min: 60, max: 604_800 })),
    BisectBatchOnFunctionError: fc.boolean(),
    TumblingWindowInSeconds: fc.integer({ min: 0, max: 900 }),
    FunctionResponseTypes: fc.constantFrom<'ReportBatchItemFailures'[]>([], ['ReportBatchItemFailures']),
    DestinationConfig: fc.constantFrom({ OnFailure: {} }, { OnFailure: { Destination: queueArn('jobs') } }),
  },
  { requiredKeys: [] },
)

/** What an answer says of the settings. */
const settingsIn = ({
  UUID: _u,
  EventSourceMappingArn: _a,
  LastModified: _l,
  State: _s,
  ...rest
}: EventSourceMappingConfiguration): EventSourceMappingConfiguration => rest

test('whatever is set comes back, at creation or by an update, and what is not mentioned stays', async () => {
  const { create, update, get, remove } = await createLambda({
    mappingHost: { stream: () => Promise.resolve({ streamName: 'clicks' }) },
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...streams),
      settings,
      settings,
      async (EventSourceArn, first, second) => {
        const source: Partial<CreateEventSourceMappingCommandInput> = {
          EventSourceArn,
          StartingPosition: 'LATEST',
        }
        const created = await create({ ...source, ...first })
        expect(created).toMatchObject({ ...source, ...first })
        const updated = await update({ UUID: created.UUID, ...second })
        expect(settingsIn(updated)).toEqual({ ...settingsIn(created), ...second })
        expect(settingsIn(await get(created.UUID))).toEqual(settingsIn(updated))
        await remove(created.UUID)

        const atOnce = await create({ ...source, ...first, ...second })
        expect(settingsIn(atOnce)).toEqual(settingsIn(updated))
        await remove(atOnce.UUID)
      },
    ),
    { numRuns: 30 },
  )
})
