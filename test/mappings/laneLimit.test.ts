import { expect, test } from 'vitest'
import {
  firstLanes,
  lanesNow,
  type LaneScale,
  type LaneState,
  nextGainMs,
  recovered,
  scaleOf,
  slowed,
} from '../../src/mappings/laneLimit.ts'

const standard = scaleOf({ provisionedPollers: null }, false)

/** All lanes busy from `fromMs` to `toMs`, looked at whenever a lane is gained. */
function busy(state: LaneState, scale: LaneScale, fromMs: number, toMs: number): LaneState {
  let now = lanesNow(state, state.lanes, scale, fromMs)
  for (;;) {
    const dueMs = nextGainMs(now, scale)
    if (dueMs === undefined || dueMs > toMs) return now
    now = lanesNow(now, now.lanes, scale, dueMs)
  }
}

test('a standard queue begins with five lanes and gains three hundred a minute, to 1,250', () => {
  const first = firstLanes(standard)
  expect(first.lanes).toBe(5)
  expect(busy(first, standard, 0, 199).lanes).toBe(5)
  expect(busy(first, standard, 0, 60_000).lanes).toBe(305)
  expect(busy(first, standard, 0, 120_000).lanes).toBe(605)
  expect(busy(first, standard, 0, 3_600_000).lanes).toBe(1_250)
  expect(nextGainMs(busy(first, standard, 0, 3_600_000), standard)).toBeUndefined()
})

test('what was gained does not depend on how often it is looked at', () => {
  const start = lanesNow(firstLanes(standard), 5, standard, 0)
  const once = lanesNow({ ...start, fullMs: 59_990 }, 5, standard, 60_000)
  expect(once.lanes).toBe(305)
})

test('time in which lanes are free earns nothing', () => {
  const state = lanesNow(firstLanes(standard), 5, standard, 0)
  expect(lanesNow(state, 4, standard, 3_600_000).lanes).toBe(5)
  expect(lanesNow(state, 5, standard, 3_600_000).lanes).toBe(5)
})

test('a minute with little to do brings a mapping back to five lanes', () => {
  const grown = busy(firstLanes(standard), standard, 0, 60_000)
  expect(lanesNow(grown, 3, standard, 119_000).lanes).toBe(305)
  expect(lanesNow(grown, 100, standard, 600_000).lanes).toBe(305)
  expect(lanesNow(grown, 3, standard, 120_000).lanes).toBe(5)
})

test('failures halve the lanes down to one, successes bring them back one by one', () => {
  let state = firstLanes(standard)
  const lanes: number[] = []
  for (let failures = 0; failures < 4; failures++) lanes.push((state = slowed(state, standard, 0)).lanes)
  for (let successes = 0; successes < 6; successes++) lanes.push((state = recovered(state, standard)).lanes)
  expect(lanes).toEqual([2, 1, 1, 1, 2, 3, 4, 5, 5, 5])
})

test('provisioned pollers are ten lanes each, there at once, and up to a thousand more a minute', () => {
  const scale = scaleOf({ provisionedPollers: { minimum: 3, maximum: 200 } }, false)
  const first = firstLanes(scale)
  expect(first.lanes).toBe(30)
  expect(busy(first, scale, 0, 60_000).lanes).toBe(1_030)
  expect(busy(first, scale, 0, 600_000).lanes).toBe(2_000)
  expect(slowed(first, scale, 0).lanes).toBe(30)
})

test('a FIFO queue has a lane for each group, and errors take none away', () => {
  const scale = scaleOf({ provisionedPollers: null }, true)
  const first = firstLanes(scale)
  expect(lanesNow(first, 10_000, scale, 0).lanes).toBe(Infinity)
  expect(slowed(first, scale, 0).lanes).toBe(Infinity)
})
