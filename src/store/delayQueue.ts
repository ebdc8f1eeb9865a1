import { withStagedBodies } from './bodies.ts'
import { claimDue, itemFrom } from './claim.ts'
import { applyEffects, withStagedEffects } from './effects.ts'
import { expireOldest } from './expire.ts'
import type { Ground } from './ground.ts'
import { initialState, type ItemState, timeFrom } from './itemRecord.ts'
import { FAR_FUTURE, timeInKey } from './keys.ts'
import type { Transaction } from './keyValue.ts'
import { numberIn } from './numberValue.ts'
import { purgeQueue } from './purge.ts'
import { putItem } from './putItem.ts'
import {
  changeState,
  isBehindAnother,
  type QueueAt,
  removeItem,
  signalDue,
  signalOf,
  stateOf,
} from './queueItems.ts'
import { afterDue, dueInPlaceKey, itemKey, sequenceIn, SPACE, spaceOf, totalKey } from './queueKeys.ts'
import type { ClaimedItem, DelayQueues, Effect, Token, TokenOutcome } from './types.ts'

/** How many items of a kind one transaction releases at most. */
const LARGEST_RELEASE = 1_000

/** Delay queues; see `queueKeys.ts` for how they are laid out. */
export function createDelayQueues(ground: Ground): DelayQueues {
  const { keyValue, names, bodies, signals } = ground

  async function settleWith(tokens: readonly Token[], effects: readonly Effect[]): Promise<TokenOutcome[]> {
    return withStagedEffects(ground, effects, async (staged) => {
      const outcomes = await keyValue.transact((tx) => {
        const outcomes = tokens.map((token) => heldBy(ground, tx, token).outcome)
        if (!areValid(outcomes)) return outcomes
        for (const token of tokens) settleOne(ground, tx, token)
        applyEffects(ground, tx, staged)
        return outcomes
      })
      if (!areValid(outcomes)) bodies.discard(staged.bodies)
      return outcomes
    })
  }

  return {
    put: (items) =>
      withStagedBodies(
        bodies,
        items.map((item) => item.body),
        (staged) =>
          keyValue.transact((tx) => items.map((item, index) => putItem(ground, tx, item, staged[index]!))),
      ),

    async claim(queue, options) {
      if (options.overflow?.queue === queue) {
        throw new RangeError(`claim: items of the queue ${queue} cannot overflow into the same queue`)
      }
      const now = wholeTime(options.nowMs)
      for (;;) {
        const pass = await keyValue.transact((tx) => {
          const id = names.find(tx, 'q', queue)
          return id === undefined ? undefined : claimDue(ground, tx, { name: queue, id }, options, now)
        })
        if (pass && pass.moved.length > 0) options.overflow?.moved?.(pass.moved)
        if (!pass?.isUnfinished) return pass?.items ?? ([] satisfies ClaimedItem[])
      }
    },

    settle(tokens, effects = []) {
      if (effects.length > 0) return settleWith(tokens, effects)
      return keyValue.transact((tx) => tokens.map((token) => settleOne(ground, tx, token)))
    },

    extend(changes) {
      return keyValue.transact((tx) =>
        changes.map(({ token, dueMs }) => extendOne(ground, tx, token, timeInKey(dueMs))),
      )
    },

    async release(queue, nowMs) {
      const now = wholeTime(nowMs)
      let released: number
      do {
        released = await keyValue.transact((tx) => {
          const id = names.find(tx, 'q', queue)
          if (id === undefined) return 0
          const at = { name: queue, id }
          return (
            releaseSome(ground, tx, at, SPACE.claimed, now) +
            releaseSome(ground, tx, at, SPACE.claimedBehind, now)
          )
        })
      } while (released >= LARGEST_RELEASE)
    },

    peek(queue, limit, afterSequence = 0) {
      const id = names.committed('q', queue)
      if (id === undefined) return []
      return keyValue
        .entries(itemKey(id, afterSequence + 1), spaceOf(SPACE.item, id).end, limit)
        .map(([key, record]) => {
          const sequence = sequenceIn(key)
          const state = stateOf(keyValue, id, sequence) ?? initialState(record)
          return itemFrom(ground, queue, sequence, record, state)
        })
    },

    expire: (queue, beforeMs) => expireOldest(ground, queue, beforeMs),

    purge: (queue) => purgeQueue(ground, queue),

    counts(queue, nowMs) {
      const id = names.committed('q', queue)
      if (id === undefined) return { ready: 0, inFlight: 0, delayed: 0 }
      const now = wholeTime(nowMs)
      const notDue = (space: number): number =>
        keyValue.count(afterDue(space, id, now), spaceOf(space, id).end)
      const inFlight = notDue(SPACE.claimed) + notDue(SPACE.claimedBehind)
      const delayed = notDue(SPACE.fresh) + notDue(SPACE.freshBehind)
      return { ready: numberIn(keyValue.get(totalKey(id))) - inFlight - delayed, inFlight, delayed }
    },

    nextDueMs(queue) {
      const id = names.committed('q', queue)
      if (id === undefined) return undefined
      const first = (space: number): number => {
        const { start, end } = spaceOf(space, id)
        const key = keyValue.keys(start, end, 1)[0]
        return key === undefined ? Infinity : dueInPlaceKey(key)
      }
      const next = Math.min(first(SPACE.fresh), first(SPACE.claimed))
      return next === Infinity ? undefined : timeFrom(next)
    },

    queueNames: (prefix) =>
      names
        .list('q', prefix)
        .filter(([, id]) => numberIn(keyValue.get(totalKey(id))) > 0)
        .map(([name]) => name),

    watch: (queue, listener) => signals.listen(signalOf(queue), listener),
  }
}

const areValid = (outcomes: readonly TokenOutcome[]): boolean =>
  outcomes.every((outcome) => outcome === 'done')

/** Whether a token still holds its item, and which. */
function heldBy(
  ground: Ground,
  tx: Transaction,
  token: Token,
): { outcome: 'gone' | 'stale' } | { outcome: 'done'; queue: QueueAt; state: ItemState } {
  const id = ground.names.find(tx, 'q', token.queue)
  const state = id === undefined ? undefined : stateOf(tx, id, token.sequence)
  if (id === undefined || !state) return { outcome: 'gone' }
  if (state.fence === 0 || state.fence !== token.fence) return { outcome: 'stale' }
  return { outcome: 'done', queue: { name: token.queue, id }, state }
}

function settleOne(ground: Ground, tx: Transaction, token: Token): TokenOutcome {
  const held = heldBy(ground, tx, token)
  if (held.outcome === 'done') removeItem(ground, tx, held.queue, token.sequence, held.state)
  return held.outcome
}

function extendOne(ground: Ground, tx: Transaction, token: Token, due: number): TokenOutcome {
  const held = heldBy(ground, tx, token)
  if (held.outcome !== 'done') return held.outcome
  const { queue, state } = held
  const isBehind = isBehindAnother(tx, queue.id, token.sequence, state)
  changeState(tx, queue.id, token.sequence, { before: state, after: { ...state, due }, isBehind })
  if (due < state.due) signalDue(ground, tx, token.queue)
  return 'done'
}

/** Makes claimed items of one space due now, and answers how many. */
function releaseSome(ground: Ground, tx: Transaction, queue: QueueAt, space: number, now: number): number {
  const keys = tx.keys(afterDue(space, queue.id, now), spaceOf(space, queue.id).end, LARGEST_RELEASE)
  for (const key of keys) {
    const sequence = sequenceIn(key)
    const state = stateOf(tx, queue.id, sequence)
    if (!state) continue
    const isBehind = space === SPACE.claimedBehind
    changeState(tx, queue.id, sequence, { before: state, after: { ...state, due: now }, isBehind })
  }
  if (keys.length > 0) signalDue(ground, tx, queue.name)
  return keys.length
}

/** A time to compare keys with: the last whole millisecond, before the one that stands for "never". */
const wholeTime = (nowMs: number): number => Math.min(Math.max(0, Math.floor(nowMs)), FAR_FUTURE - 1)
