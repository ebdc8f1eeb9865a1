import type { JsonValue } from '../../../system/index.ts'
import type { Operation } from '../../operation.ts'
import { checkMembers } from '../constraints.ts'
import { validation } from '../errors.ts'
import { readPattern } from '../patternText.ts'

interface Input {
  readonly EventPattern?: string
  readonly Event?: string
}

/** `TestEventPattern` */
export const testEventPattern: Operation<Input> = ({ EventPattern, Event }) => {
  checkMembers([
    { path: 'eventPattern', value: EventPattern, isRequired: true, most: 4_096 },
    { path: 'event', value: Event, isRequired: true },
  ])
  const pattern = readPattern(EventPattern ?? '')
  return { Result: pattern.matches(readEvent(Event ?? '')) }
}

function readEvent(text: string): JsonValue {
  try {
    const event = JSON.parse(text) as JsonValue
    if (typeof event === 'object' && event !== null && !Array.isArray(event)) return event
  } catch {
    // Refused below, like anything else that is no object.
  }
  throw validation('Parameter Event is not valid.')
}
