import { PassThrough } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { createDevKeys } from '../../src/cli/devKeys.ts'
import { listenToKeys } from '../../src/cli/keys.ts'

function fakeApp(timers: { label: string; dueMs: number }[] = []) {
  const calls: string[] = []
  const noted = (name: string) => (): Promise<never[]> => {
    calls.push(name)
    return Promise.resolve([])
  }
  return {
    calls,
    clock: {
      mode: 'live' as const,
      now: () => 1_000,
      timers: () => timers,
      advance: () => Promise.resolve(),
      advanceToNext: () => {
        calls.push('advanceToNext')
        return Promise.resolve(timers[0])
      },
    },
    reload: async () => {
      await noted('reload')()
    },
    reloadSpec: noted('reloadSpec'),
  }
}

function pressing(keys: string, app = fakeApp()): { said: string[]; calls: string[]; quit: () => void } {
  const said: string[] = []
  const quit = vi.fn<() => void>()
  const onKey = createDevKeys({ app, say: (text) => said.push(text), quit })
  for (const key of keys) onKey(key)
  return { said, calls: app.calls, quit }
}

test('f says which timer comes next and how far away it is, and goes there', () => {
  const { said, calls } = pressing('f', fakeApp([{ label: 'next event of checkout', dueMs: 59_000 }]))
  expect(said).toEqual(['fast-forward by 58 s: next event of checkout'])
  expect(calls).toEqual(['advanceToNext'])
})

test('f with nothing to wait for says so', () => {
  expect(pressing('f')).toMatchObject({ said: ['nothing waits for the clock'], calls: [] })
})

test('r reads lambda.yml again and reloads all functions', async () => {
  const { said, calls } = pressing('r')
  await vi.waitFor(() => expect(calls).toEqual(['reloadSpec', 'reload']))
  expect(said).toEqual(['reloading lambda.yml and all functions'])
})

test('a reload that fails is told, and the next key works', async () => {
  const app = fakeApp()
  app.reload = () => Promise.reject(new Error('no such file'))
  const { said } = pressing('r', app)
  await vi.waitFor(() => expect(said).toContain('no such file'))
})

test('q quits; h and ? help; other keys do nothing', () => {
  const { said, quit } = pressing('qh?xyz')
  expect(quit).toHaveBeenCalledOnce()
  expect(said).toHaveLength(2)
  expect(said[0]).toContain('f fast-forward')
})

test('keys are read raw while listening, and the terminal is given back', () => {
  const setRawMode = vi.fn<(isRaw: boolean) => void>()
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode })
  const pressed: string[] = []
  const keys = listenToKeys((key) => pressed.push(key), input as never)
  input.emit('data', Buffer.from('rf'))
  input.emit('data', Buffer.from('\u001B[A'))
  keys.stop()
  keys.stop()
  input.emit('data', Buffer.from('q'))
  expect(pressed).toEqual(['r', 'f'])
  expect(setRawMode.mock.calls).toEqual([[true], [false]])
})

test('without a terminal there are no keys', () => {
  const setRawMode = vi.fn<(isRaw: boolean) => void>()
  const input = Object.assign(new PassThrough(), { isTTY: false, setRawMode })
  listenToKeys(() => {}, input as never).stop()
  expect(setRawMode).not.toHaveBeenCalled()
})
