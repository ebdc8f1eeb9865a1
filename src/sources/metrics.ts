import type { JsonSchema } from '../spec/index.ts'

/** The schema of `metricsConfig`; `shownBy` says what shows the figures, `counted` what `EventCount` counts. */
export const metricsSchema = (shownBy: string, counted: string): JsonSchema => ({
  type: 'object',
  description: `Figures of the mapping, to be had from ${shownBy}.`,
  additionalProperties: false,
  required: ['metrics'],
  properties: {
    metrics: {
      type: 'array',
      description: 'Names of groups of figures.',
      items: { type: 'string', description: counted, enum: ['EventCount'] },
      minItems: 1,
      maxItems: 1,
      examples: [['EventCount']],
    },
  },
  examples: [{ metrics: ['EventCount'] }],
})
