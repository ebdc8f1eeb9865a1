import { describe, expect, it } from 'vitest'
import { needsMore } from '../../src/functions/environments.ts'
import { initStartLine, RunLog } from '../../src/functions/logLines.ts'
import { describeExit } from '../../src/functions/payloads.ts'
import { profileOf } from '../../src/functions/profile.ts'

describe('whether waiting runs need more environments', () => {
  it.each([
    ['nobody waits', 0, 0, undefined, false],
    ['there is none yet', 1, 0, undefined, true],
    ['nothing is known of the function', 1, 3, undefined, true],
    ['only a few work so far', 1, 3, 0.2, true],
    ['many work, and quickly', 50, 10, 0.2, false],
    ['many work, and slowly', 5, 10, 100, true],
  ])('%s', (_title, waiting, busy, averageMs, expected) => {
    expect(needsMore(waiting, busy, averageMs, 20)).toBe(expected)
  })
})

it('tells the generations of the runtime apart, and what is no Node.js', () => {
  expect(profileOf('nodejs20.x')).toMatchObject({ generation: 'classic', major: 20 })
  expect(profileOf('nodejs22.x')).toMatchObject({ generation: 'classic' })
  expect(profileOf('nodejs24.x')).toMatchObject({ generation: 'modern' })
  expect(profileOf('nodejs26.x')).toMatchObject({ generation: 'modern' })
  expect(profileOf('python3.13')).toBeUndefined()
})

it('names exits as the platform does', () => {
  expect(describeExit({ status: 0 })).toBe('Runtime exited without providing a reason')
  expect(describeExit({ status: 127 })).toBe('Runtime exited with error: exit status 127')
  expect(describeExit({ signal: 'SIGKILL' })).toBe('Runtime exited with error: signal: killed')
  expect(describeExit({ signal: 'SIGABRT' })).toBe('Runtime exited with error: signal: aborted')
})

it.each([
  ['nodejs24.x', 'nodejs:24.v1'],
  ['python3.13', 'python:3.13.v1'],
  ['provided.al2023', 'provided:al2023.v1'],
])('names the runtime version of %s', (runtime, version) => {
  const line = initStartLine(runtime, 'eu-west-1')
  expect(line).toContain(`INIT_START Runtime Version: ${version}\t`)
  expect(line).toContain(':eu-west-1::runtime:')
})

describe('the tail of a log', () => {
  it('is everything while that is short', () => {
    const log = new RunLog()
    log.add('one')
    log.add('two')
    expect(Buffer.from(log.bytes).toString()).toBe('one\ntwo\n')
  })

  it('is the last 4,096 bytes, however long the lines and whatever their characters', () => {
    for (const line of ['x', 'é'.repeat(100), 'x'.repeat(5_000)]) {
      const log = new RunLog()
      const lines = Array.from({ length: 5_000 }, (_, index) => `${line}${index}`)
      for (const text of lines) log.add(text)
      const whole = Buffer.from(lines.map((text) => `${text}\n`).join(''))
      expect(Buffer.from(log.bytes)).toEqual(whole.subarray(-4_096))
    }
  })
})
