import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Measures the floor and Lambent in turn, so that whatever else the machine does meets both.
 * @template Floor, Lambent
 * @param {number} rounds
 * @param {{ floor: (round: number) => Promise<Floor>, lambent: (round: number) => Promise<Lambent>,
 *   progress?: (text: string) => void }} sides
 * @returns {Promise<{ floor: Floor[], lambent: Lambent[] }>}
 */
export async function alternate(rounds, { floor, lambent, progress }) {
  /** @type {{ floor: Floor[], lambent: Lambent[] }} */
  const results = { floor: [], lambent: [] }
  for (let round = 1; round <= rounds; round++) {
    progress?.(`round ${round} of ${rounds}`)
    results.floor.push(await floor(round))
    await sleep(BETWEEN_MS)
    results.lambent.push(await lambent(round))
    await sleep(BETWEEN_MS)
  }
  return results
}

/** What the last measurement left behind (closing connections, commits, garbage) is not the next one's. */
const BETWEEN_MS = 60
