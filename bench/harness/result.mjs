/**
 * @typedef {object} Result One line of the table.
 * @property {string} work
 * @property {string} lambent
 * @property {string} floor
 * @property {string} ratio
 * @property {string} budget
 * @property {string} met
 * @property {string} [note]
 * @property {Readonly<Record<string, number>>} figures The same, as plain numbers.
 */
import { factor, mebibytes, milliseconds, percent, rate } from './figures.mjs'

const yesOrNo = (/** @type {boolean} */ isMet) => (isMet ? 'yes' : 'NO')

/**
 * More is better. `least` is a share of the floor, `leastPerSecond` an absolute rate; both count when both are given.
 * @param {{ work: string, lambent: number, floor: number, least?: number, leastPerSecond?: number, note?: string }} row
 * @returns {Result}
 */
export function rateResult({ work, lambent, floor, least, leastPerSecond, note }) {
  const share = lambent / floor
  const verdicts = [
    ...(least === undefined ? [] : [{ name: 'ratio', isMet: share >= least }]),
    ...(leastPerSecond === undefined ? [] : [{ name: 'rate', isMet: lambent >= leastPerSecond }]),
  ]
  const budgets = [
    ...(least === undefined ? [] : [`>= ${percent(least)}`]),
    ...(leastPerSecond === undefined ? [] : [`>= ${rate(leastPerSecond)}`]),
  ]
  const kept = verdicts.filter(({ isMet }) => isMet)
  return {
    work,
    lambent: rate(lambent),
    floor: rate(floor),
    ratio: percent(share),
    budget: budgets.join(', '),
    met:
      kept.length === 1 && verdicts.length === 2
        ? `${kept[0]?.name} only`
        : yesOrNo(kept.length === verdicts.length),
    ...(note === undefined ? {} : { note }),
    figures: { lambent, floor, ratio: share },
  }
}

/**
 * Less is better: a time below a bound.
 * @param {{ work: string, lambent: number, floor: number, belowMs: number, note?: string }} row
 * @returns {Result}
 */
export const timeResult = ({ work, lambent, floor, belowMs, note }) => ({
  work,
  lambent: milliseconds(lambent),
  floor: milliseconds(floor),
  ratio: factor(lambent / floor),
  budget: `< ${milliseconds(belowMs)}`,
  met: yesOrNo(lambent < belowMs),
  ...(note === undefined ? {} : { note }),
  figures: { lambent, floor, ratio: lambent / floor },
})

/**
 * Less is better: memory below a bound.
 * @param {{ work: string, lambent: number, floor: number, atMostBytes: number, note?: string }} row
 * @returns {Result}
 */
export const memoryResult = ({ work, lambent, floor, atMostBytes, note }) => ({
  work,
  lambent: mebibytes(lambent),
  floor: mebibytes(floor),
  ratio: factor(lambent / floor),
  budget: `<= ${mebibytes(atMostBytes)}`,
  met: yesOrNo(lambent <= atMostBytes),
  ...(note === undefined ? {} : { note }),
  figures: { lambent, floor, ratio: lambent / floor },
})

/**
 * How much something changes with size or with use, of Lambent itself and of the floor.
 * @param {{ work: string, lambent: number, floor?: number, least?: number, most?: number, note?: string }} row
 * @returns {Result}
 */
export const flatnessResult = ({ work, lambent, floor, least, most, note }) => ({
  work,
  lambent: percent(lambent),
  floor: floor === undefined ? '-' : percent(floor),
  ratio: '-',
  budget: least === undefined ? `<= ${percent(most ?? 1)}` : `>= ${percent(least)}`,
  met: yesOrNo(least === undefined ? lambent <= (most ?? 1) : lambent >= least),
  ...(note === undefined ? {} : { note }),
  figures: { lambent, ...(floor === undefined ? {} : { floor }) },
})
