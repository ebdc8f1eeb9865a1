import { StoreClosedError, StoreWriteError } from './errors.ts'
import type { Backing, KeyValue, Transaction } from './keyValue.ts'
import { Overlay } from './overlay.ts'

/** How many transactions share a commit at most: bounds the pause that running them makes. */
const LARGEST_BATCH = 1_000

interface Call {
  readonly run: (tx: Transaction) => unknown
  result: unknown
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes transactions out of a place that can commit. One commit is under way at a time; whoever comes meanwhile waits
 * for the next and shares it, so durability costs one sync per batch and a transaction never builds on one that may
 * still fail. `onRollback` is told whenever writes were undone: what was remembered about them must be forgotten.
 */
export function createKeyValue(backing: Backing, onRollback: () => void): KeyValue {
  let waiting: (Call | { readonly alone: () => Promise<void> })[] = []
  let running: Promise<void> | undefined
  let isClosed = false

  function enqueue(entry: (typeof waiting)[number]): void {
    waiting.push(entry)
    // One microtask later, so that all that is asked for in the same turn shares the commit.
    running ??= Promise.resolve().then(runWaiting)
  }

  async function runWaiting(): Promise<void> {
    let tell: (() => void) | undefined
    while (waiting.length > 0 || tell) {
      const first = waiting[0]
      if (!first || 'alone' in first) {
        tell?.()
        tell = undefined
        if (first && 'alone' in first) {
          waiting.shift()
          await first.alone()
        }
      } else {
        const committing = commitBatch(takeBatch())
        // The callers of the batch before are told only now: what they do next goes on beside this commit.
        tell?.()
        tell = await committing
      }
    }
    running = undefined
  }

  function takeBatch(): Call[] {
    const batch: Call[] = []
    for (const entry of waiting) {
      if ('alone' in entry || batch.length === LARGEST_BATCH) break
      batch.push(entry)
    }
    if (batch.length === waiting.length) waiting = []
    else waiting.splice(0, batch.length)
    return batch
  }

  /** Runs and commits a batch; resolves with how to tell its callers. Everything up to the commit happens at once. */
  async function commitBatch(batch: Call[]): Promise<() => void> {
    const overlay = new Overlay(backing)
    const applied: Call[] = []
    for (const call of batch) {
      try {
        call.result = overlay.attempt(call.run)
        applied.push(call)
      } catch (error) {
        onRollback()
        call.reject(error)
      }
    }
    try {
      if (!overlay.isEmpty) await backing.commit(overlay.changes)
    } catch (cause) {
      onRollback()
      return () => {
        for (const call of applied) call.reject(new StoreWriteError(cause))
      }
    }
    return () => {
      for (const call of applied) call.resolve(call.result as never)
      for (const hook of overlay.hooks) hook()
    }
  }

  async function clearAlone(keep: () => [string, Buffer][]): Promise<void> {
    try {
      await backing.clear(keep())
    } catch (cause) {
      throw new StoreWriteError(cause)
    } finally {
      onRollback()
    }
  }

  /** Reading a closed environment is not an error that lmdb reports well. */
  function open(): Backing {
    if (isClosed) throw new StoreClosedError()
    return backing
  }

  return {
    get: (key) => open().get(key),
    keys: (start, end, limit, from) => open().keys(start, end, limit, from),
    entries: (start, end, limit) => open().entries(start, end, limit),
    count: (start, end) => open().count(start, end),
    transact<T>(run: (tx: Transaction) => T): Promise<T> {
      if (isClosed) return Promise.reject(new StoreClosedError())
      return new Promise<T>((resolve, reject) => {
        enqueue({ run, result: undefined, resolve, reject })
      })
    },
    clear(keep) {
      if (isClosed) return Promise.reject(new StoreClosedError())
      return new Promise((resolve, reject) => {
        enqueue({ alone: () => clearAlone(keep).then(resolve, reject) })
      })
    },
    async close() {
      if (isClosed) return
      isClosed = true
      await running
      await backing.close()
    },
  }
}
