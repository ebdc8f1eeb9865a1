// oxlint-disable vitest/no-conditional-expect, vitest/no-standalone-expect -- fast-check drives the run that asserts
import type * as fs from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { openJournaledBacking } from '../../src/store/journaledBacking.ts'
import type { Backing } from '../../src/store/keyValue.ts'
import { type Files, filesIn, folderWith, removeFolder, SlowLower } from './journalGround.ts'

/** How much of the next write the disk takes before it refuses; `undefined`: all. */
let roomForWrite: number | undefined

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  const write = (
    descriptor: number,
    bytes: Buffer,
    start: number,
    length: number,
    position: number,
    done: (error: Error | null, written: number) => void,
  ): void => {
    if (roomForWrite === undefined) return real.write(descriptor, bytes, start, length, position, done)
    if (roomForWrite === 0) return done(new Error('ENOSPC: no space left on device, write'), 0)
    const taken = Math.min(length, roomForWrite)
    roomForWrite -= taken
    real.write(descriptor, bytes, start, taken, position, done)
  }
  return { ...real, write }
})

const LIMITS = { keys: 6, bytes: 300, portionKeys: 2, portionBytes: 40 }

type Command =
  | { kind: 'commit'; changes: Change[] }
  | { kind: 'refusedCommit'; changes: Change[]; room: number }
  | { kind: 'step'; isFull: boolean }
  | { kind: 'crash'; changes: Change[]; written: number }
  | { kind: 'clear' | 'restart' | 'look' }

interface Change {
  readonly key: string
  readonly value: string | null
}

const key = fc
  .tuple(fc.constantFrom('p', 'q'), fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), maxLength: 3 }))
  .map(([space, tail]) => space + tail)
const changes = fc.array(fc.record({ key, value: fc.option(fc.string({ maxLength: 12 }), { freq: 3 }) }), {
  minLength: 1,
  maxLength: 6,
})
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('commit' as const), changes }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('look' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      isFull: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('refusedCommit' as const),
      changes,
      room: fc.nat(150),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('crash' as const), changes, written: fc.nat(200) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('clear' as const, 'restart' as const) }) },
)

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

class Run {
  lower = SlowLower.create()
  directory = folderWith()
  backing = this.open()
  model = new Map<string, string>()

  open(): Backing {
    return openJournaledBacking(this.directory, this.lower.backing, { limits: LIMITS })
  }

  async carryOut(command: Command): Promise<void> {
    switch (command.kind) {
      case 'commit':
        await this.commit(command.changes)
        break
      case 'refusedCommit':
        await this.refusedCommit(command.changes, command.room)
        break
      case 'step':
        this.lower.isFull = command.isFull
        this.lower.step()
        await turns(3)
        break
      case 'crash':
        await this.crash(command.changes, command.written)
        break
      case 'clear':
        await this.letting(this.backing.clear([['pkept', Buffer.from('kept')]]))
        this.model = new Map([['pkept', 'kept']])
        break
      case 'restart':
        await this.letting(this.backing.close())
        expect(filesIn(this.directory).size).toBe(0)
        this.lower = this.lower.afterCrash()
        this.backing = this.open()
        break
      case 'look':
        this.look()
        break
      default:
        command satisfies never
    }
  }

  async commit(changes: readonly Change[]): Promise<void> {
    await this.letting(this.backing.commit(this.staged(changes)))
    this.model = this.after(changes)
  }

  async refusedCommit(changes: readonly Change[], room: number): Promise<void> {
    const staged = this.staged(changes)
    // So that no back-pressure comes in between.
    await this.letting(Promise.resolve())
    roomForWrite = room
    const [result] = await Promise.allSettled([this.letting(this.backing.commit(staged))])
    // A short record may have fitted.
    if (result.status === 'fulfilled') this.model = this.after(changes)
    roomForWrite = undefined
  }

  /** The process ends while it writes a record: some of its bytes are on disk, over what was there before. */
  async crash(changes: readonly Change[], written: number): Promise<void> {
    const before = filesIn(this.directory)
    await this.letting(this.backing.commit(this.staged(changes)), false)
    const { files, isWhole } = torn(before, filesIn(this.directory), written)
    if (isWhole) this.model = this.after(changes)
    // The process is gone: what it would still do to LMDB never happens.
    this.lower = this.lower.afterCrash()
    this.directory = folderWith(files)
    this.backing = this.open()
    this.look()
  }

  /** Waits for something that may need the flush to go on. */
  async letting<T>(work: Promise<T>, isFlushing = true): Promise<T> {
    let isDone = false
    const done = work.finally(() => {
      isDone = true
    })
    done.catch(() => {})
    await Promise.race([done.catch(() => {}), turns(isFlushing ? 200 : 2_000)])
    this.lower.isFull = false
    while (!isDone) {
      this.lower.step()
      await turns(3)
    }
    return done
  }

  /** As transactions would have staged it: what is known not to be there is added. */
  staged(changes: readonly Change[]): { added: Map<string, Buffer>; changed: Map<string, Buffer | null> } {
    const added = new Map<string, Buffer>()
    const changed = new Map<string, Buffer | null>()
    for (const { key, value } of changes) {
      const isNew = !this.model.has(key) && !changed.has(key)
      if (value === null) {
        if (!added.delete(key)) changed.set(key, null)
      } else if (isNew) {
        added.set(key, Buffer.from(value))
      } else {
        changed.set(key, Buffer.from(value))
      }
    }
    return { added, changed }
  }

  after(changes: readonly Change[]): Map<string, string> {
    const model = new Map(this.model)
    for (const { key, value } of changes) {
      if (value === null) model.delete(key)
      else model.set(key, value)
    }
    return model
  }

  look(): void {
    const sorted = [...this.model].toSorted(([left], [right]) => (left < right ? -1 : 1))
    for (const [start, end] of [
      ['p', 'q'],
      ['q', 'r'],
      ['pa', 'pb'],
      ['pab', 'pba'],
    ] as const) {
      const expected = sorted.filter(([key]) => key >= start && key < end)
      for (const limit of [1, 3, Infinity]) {
        expect(this.backing.keys(start, end, limit)).toEqual(expected.slice(0, limit).map(([key]) => key))
      }
      const entries = this.backing.entries(start, end, Infinity)
      expect(entries.map(([key, value]) => [key, value.toString()])).toEqual(expected)
      expect(this.backing.count(start, end)).toBe(expected.length)
    }
    for (const [key, value] of sorted) expect(this.backing.get(key)?.toString()).toBe(value)
  }
}

/** The files with only the first bytes of what was written last. */
function torn(before: Files, after: Files, written: number): { files: Files; isWhole: boolean } {
  const files = new Map(after)
  for (const [name, bytes] of after) {
    const old = before.get(name) ?? Buffer.alloc(0)
    let first = 0
    while (first < bytes.length && bytes[first] === old[first]) first++
    if (first === bytes.length) continue
    let last = bytes.length
    while (last > first && last <= old.length && bytes[last - 1] === old[last - 1]) last--
    const cut = Math.min(first + written, last)
    files.set(name, Buffer.concat([bytes.subarray(0, cut), old.subarray(cut)]))
    return { files, isWhole: cut === last }
  }
  return { files, isWhole: true }
}

async function runAll(commands: readonly Command[]): Promise<void> {
  const run = new Run()
  try {
    for (const command of commands) await run.carryOut(command)
    run.look()
    await run.crash([{ key: 'plast', value: 'x' }], 1_000)
    run.lower.open()
    await run.backing.close()
    expect(filesIn(run.directory).size).toBe(0)
    // All of it is where it belongs, and one key says so.
    expect(run.lower.size).toBe(run.model.size + 1)
  } finally {
    removeFolder(run.directory)
  }
}

describe('the journal before a slow backing', () => {
  it('holds exactly what was committed, however commits, flushes, full disks, crashes and restarts follow each other', async () => {
    await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 50 }), runAll), {
      numRuns: 150,
      interruptAfterTimeLimit: 12_000,
      markInterruptAsFailure: false,
    })
  })
})
