import { expect, test } from 'vitest'
import { createActivity, createClock, sleep } from '../../src/system/index.ts'

const frozen = () => {
  const activity = createActivity()
  return { activity, clock: createClock({ mode: 'frozen', startMs: 0, idle: activity.idle }) }
}

test('advance runs what falls due in order, each at its own time', async () => {
  const { clock } = frozen()
  const seen: string[] = []
  clock.at(3_000, 'c', () => seen.push(`c@${clock.now()}`))
  clock.at(1_000, 'a', () => seen.push(`a@${clock.now()}`))
  clock.at(1_000, 'b', () => seen.push(`b@${clock.now()}`))
  await clock.advance(2_000)
  expect(seen).toEqual(['a@1000', 'b@1000'])
  expect(clock.now()).toBe(2_000)
  await clock.advance(1_000)
  expect(seen).toEqual(['a@1000', 'b@1000', 'c@3000'])
})

test('advance runs timers that were set on the way, if they fall within it', async () => {
  const { clock } = frozen()
  const seen: number[] = []
  const again = (): void => {
    seen.push(clock.now())
    clock.at(clock.now() + 1_000, 'again', again)
  }
  clock.at(1_000, 'again', again)
  await clock.advance(3_500)
  expect(seen).toEqual([1_000, 2_000, 3_000])
})

test('advance lets the work that a timer began finish before the next timer runs', async () => {
  const { clock, activity } = frozen()
  const seen: string[] = []
  clock.at(1, 'first', () => {
    void activity.track(
      'work',
      new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve))).then(() => {
        seen.push(`work ended at ${clock.now()}`)
      }),
    )
  })
  clock.at(2, 'second', () => seen.push('second'))
  await clock.advance(5)
  expect(seen).toEqual(['work ended at 1', 'second'])
})

test('advance does not wait for work that only the clock could release', async () => {
  const { clock, activity } = frozen()
  const work = activity.begin('a long poll')
  work.park()
  await clock.advance(1_000)
  expect(clock.now()).toBe(1_000)
  expect(activity.open()).toEqual([{ label: 'a long poll', isParked: true }])
})

test('advanceToNext jumps to the earliest timer and names it', async () => {
  const { clock } = frozen()
  const seen: number[] = []
  clock.at(60_000, 'retry', () => seen.push(clock.now()))
  expect(await clock.advanceToNext()).toEqual({ label: 'retry', dueMs: 60_000 })
  expect(seen).toEqual([60_000])
  expect(await clock.advanceToNext()).toBeUndefined()
})

test('a cancelled timer never runs', async () => {
  const { clock } = frozen()
  const seen: string[] = []
  clock.at(1_000, 'x', () => seen.push('x')).cancel()
  await clock.advance(2_000)
  expect(seen).toEqual([])
  expect(clock.timers()).toEqual([])
})

test('a scaled clock runs its factor faster than the wall clock', async () => {
  const activity = createActivity()
  const clock = createClock({ mode: 3_600, idle: activity.idle })
  const startMs = clock.now()
  await sleep(clock, 60_000, 'a minute')
  expect(clock.now() - startMs).toBeGreaterThanOrEqual(60_000)
  clock.stop()
})

test('sleep rejects with the reason when it is aborted', async () => {
  const { clock } = frozen()
  const abort = new AbortController()
  const sleeping = sleep(clock, 1_000, 'x', abort.signal)
  abort.abort(new Error('stopped'))
  await expect(sleeping).rejects.toThrow('stopped')
  expect(clock.timers()).toEqual([])
})
