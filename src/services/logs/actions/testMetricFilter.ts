import type { Operation } from '../../operation.ts'
import { check, checkLength, required } from '../members.ts'
import { patternOf } from './filterLogEvents.ts'

interface Input {
  readonly filterPattern: string
  readonly logEventMessages: readonly string[]
}

/** `TestMetricFilter`: which messages a pattern matches, and what it finds in them. */
export const createTestMetricFilter = (): Operation<Input> => (input) => {
  const { filterPattern, logEventMessages } = input
  check([required({ path: 'filterPattern', value: filterPattern, most: 1_024 })])
  checkLength('logEventMessages', logEventMessages, [1, 50])
  const { extract } = patternOf(filterPattern)
  return {
    matches: logEventMessages.flatMap((eventMessage, index) => {
      const extractedValues = extract(eventMessage)
      return extractedValues ? [{ eventNumber: index + 1, eventMessage, extractedValues }] : []
    }),
  }
}
