import { idIn } from './keys.ts'
import type { CommittedReader } from './keyValue.ts'
import { idInName, NAMES_COUNTER } from './names.ts'
import { NUMBERS_KEY } from './numbers.ts'
import { numberIn, numberValue } from './numberValue.ts'
import { sequenceIn, SPACE } from './queueKeys.ts'

/** How far above whatever is still seen the numbers go on: those of lost items and claims are never given again. */
const FAR = 2 ** 40

const FIRST_LETTER = 97
const LAST_LETTER = 122
/** Counters, names and files are the spaces whose keys do not begin with an id. */
const WITHOUT_ID = new Set(['m', 'n', 'f'])

/** What the counters must be when something was lost, perhaps the counters' last values. Looks at every key. */
export function countersAfterLoss(committed: CommittedReader): Map<string, Buffer> {
  let lastNumber = numberIn(committed.get(NUMBERS_KEY))
  let lastId = numberIn(committed.get(NAMES_COUNTER))
  for (const [, value] of committed.entries('n', 'o', Infinity)) lastId = Math.max(lastId, idInName(value))
  for (let letter = FIRST_LETTER; letter <= LAST_LETTER; letter++) {
    const space = String.fromCharCode(letter)
    if (WITHOUT_ID.has(space)) continue
    for (const key of committed.keys(space, String.fromCharCode(letter + 1), Infinity)) {
      lastId = Math.max(lastId, idIn(key))
      if (letter === SPACE.item) lastNumber = Math.max(lastNumber, sequenceIn(key))
    }
  }
  return new Map([
    [NUMBERS_KEY, numberValue(lastNumber + FAR)],
    [NAMES_COUNTER, numberValue(lastId)],
  ])
}
