import type { ClaimedItem, Effect } from '../../store/index.ts'
import { type Activity, type JsonObject, parkedWhile, sleep, type Work } from '../../system/index.ts'
import * as errors from './errors.ts'
import { metaOf } from './message.ts'
import type { Queue, Queues } from './queues.ts'

/** A message move task as it is kept in the store; see `StartMessageMoveTask`. */
export interface MoveTask extends JsonObject {
  readonly handle: string
  readonly sourceArn: string
  /** Without it each message returns to the queue that gave it up. */
  readonly destinationArn?: string
  readonly perSecond?: number
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED'
  readonly startedMs: number
  readonly toMove: number
  readonly moved: number
  readonly failureReason?: string
}

export interface MoveRequest {
  readonly source: Queue
  readonly destination?: Queue | undefined
  readonly perSecond?: number | undefined
  /** At most so many messages; all that are visible now unless given. */
  readonly most?: number | undefined
}

const table = 'sqs/moveTasks'
/** `ListMessageMoveTasks` shows no more; older ones are forgotten. */
const keptTasks = 10
/** Messages that move in one transaction: with bodies of 1 MiB still something that fits into memory. */
const movedAtOnce = 50
/** A message that is on its way when the process is killed can be moved again after this. */
const leaseMs = 30_000

/** Moves messages out of dead-letter queues, in transactions that leave no message behind and double none. */
export class MoveTasks {
  readonly #queues: Queues
  readonly #activity: Activity
  readonly #running = new Map<string, Promise<MoveTask>>()
  /** Tasks that wait for the next second, by key. */
  readonly #pauses = new Map<string, AbortController>()
  #isStopping = false

  constructor(queues: Queues, activity: Activity) {
    this.#queues = queues
    this.#activity = activity
  }

  /** Starts a task; `ended` resolves with it as it is then. Throws AWS's errors. */
  async start(request: MoveRequest): Promise<{ task: MoveTask; ended: Promise<MoveTask> }> {
    const { source, destination, perSecond, most = Infinity } = request
    const { store, clock, ids } = this.#queues.edges
    if (!this.#queues.all().some(({ settings }) => settings.redrive?.deadLetterArn === source.arn))
      throw errors.invalidParameter('Source queue must be configured as a Dead Letter Queue.')
    if (destination && (destination.settings.fifo === undefined) !== (source.settings.fifo === undefined))
      throw errors.invalidParameter('Source and destination queue must be of the same type.')
    if (this.of(source).some(isActive))
      throw errors.invalidParameter(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      )
    const taskId = ids.uuid()
    const startedMs = clock.now()
    const task: MoveTask = {
      handle: Buffer.from(JSON.stringify({ taskId, sourceArn: source.arn })).toString('base64'),
      sourceArn: source.arn,
      ...(destination && { destinationArn: destination.arn }),
      ...(perSecond !== undefined && { perSecond }),
      status: 'RUNNING',
      startedMs,
      toMove: Math.min(store.counts(source.items, startedMs).ready, most),
      moved: 0,
    }
    const earlier = store.list(table, { prefix: prefixOf(source) }).map(([key]) => key)
    const last = Number(earlier.at(-1)?.slice(prefixOf(source).length) ?? 0)
    const key = `${prefixOf(source)}${String(last + 1).padStart(12, '0')}`
    await store.apply([
      { kind: 'set', table, key, value: task },
      ...earlier
        .slice(0, Math.max(0, earlier.length + 1 - keptTasks))
        .map((gone) => ({ kind: 'remove' as const, table, key: gone })),
    ])
    return { task, ended: this.#run(key) }
  }

  /** The latest tasks of a source queue, newest first. */
  of(source: Queue): MoveTask[] {
    const entries = this.#queues.edges.store.list(table, { prefix: prefixOf(source) })
    return entries.map(([, task]) => task as MoveTask).toReversed()
  }

  /** Stops a task before its next messages; answers how many it has moved. Throws AWS's errors. */
  async cancel(handle: string): Promise<number> {
    const { store } = this.#queues.edges
    const source = this.#queues.byArn(sourceArnOf(handle))
    const entries = source ? store.list(table, { prefix: prefixOf(source) }) : []
    const [key, task] = entries.find(([, task]) => (task as MoveTask).handle === handle) ?? []
    if (key === undefined || !isActive(task as MoveTask))
      throw errors.resourceNotFound('Task does not exist.')
    await store.set(table, key, { ...(task as MoveTask), status: 'CANCELLING' })
    this.#pauses.get(key)?.abort(new Error('the move task was cancelled'))
    return (await this.#run(key)).moved
  }

  /** Goes on with the tasks that were running when the process ended. */
  resume(): void {
    for (const [key, task] of this.#queues.edges.store.list(table))
      if (isActive(task as MoveTask)) void this.#run(key)
  }

  /** Resolves once nothing moves any more; the tasks go on with the next `resume`. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const pause of this.#pauses.values()) pause.abort(new Error('the move task has stopped'))
    await Promise.allSettled(this.#running.values())
  }

  #run(key: string): Promise<MoveTask> {
    const running = this.#running.get(key)
    if (running) return running
    const work = this.#activity.begin(`message move task ${key}`)
    const run = this.#move(key, work).finally(() => {
      this.#running.delete(key)
      work.end()
    })
    // Whoever waits for its end hears of a failure; nobody has to.
    run.catch(() => {})
    this.#running.set(key, run)
    return run
  }

  async #move(key: string, work: Work): Promise<MoveTask> {
    const { store } = this.#queues.edges
    for (;;) {
      const task = store.get(table, key) as MoveTask | undefined
      if (!task || this.#isStopping) return task ?? gone
      if (!isActive(task)) return task
      if (task.status === 'CANCELLING') return await this.#end(key, task, 'CANCELLED')
      const moved = await this.#moveSome(key, task)
      if (typeof moved === 'object') return moved
      const { perSecond } = task
      if (perSecond === undefined) continue
      await parkedWhile(work, this.#pause(key, Math.ceil((moved * 1_000) / perSecond)))
    }
  }

  /** Resolves after the pause, or as soon as the task is cancelled. */
  async #pause(key: string, pauseMs: number): Promise<void> {
    const pause = new AbortController()
    this.#pauses.set(key, pause)
    await sleep(this.#queues.edges.clock, pauseMs, `message move task ${key}`, pause.signal).catch(() => {})
    this.#pauses.delete(key)
  }

  /** Moves one transaction's worth; answers how many messages that were, or the task if it has ended. */
  async #moveSome(key: string, task: MoveTask): Promise<number | MoveTask> {
    const { store, clock } = this.#queues.edges
    const source = this.#queues.byArn(task.sourceArn)
    if (!source) return await this.#end(key, task, 'FAILED', nonExistentQueue)
    const nowMs = clock.now()
    const limit = Math.min(task.toMove - task.moved, movedAtOnce, task.perSecond ?? Infinity)
    const items =
      limit <= 0
        ? []
        : await store.claim(source.items, {
            nowMs,
            limit,
            leaseMs,
            expiredBeforeMs: nowMs - source.settings.retentionMs,
          })
    if (items.length === 0) return await this.#end(key, task, 'COMPLETED')

    const moves: Move[] = []
    let failureReason: string | undefined
    for (const item of items) {
      const target = this.#targetOf(item, task)
      if (typeof target === 'string') {
        failureReason = target
        break
      }
      moves.push(this.#moveOf(item, target, nowMs))
    }
    const after: MoveTask = { ...task, moved: task.moved + moves.length }
    const movable = items.slice(0, moves.length)
    if (moves.length > 0 && !(await this.#settle(key, after, movable, moves))) return 0
    if (failureReason === undefined) return moves.length
    await store.extend(items.slice(moves.length).map(({ token }) => ({ token, dueMs: nowMs })))
    return await this.#end(key, after, 'FAILED', failureReason)
  }

  /** The queue that a message goes to, or why there is none, in AWS's words. */
  #targetOf(item: ClaimedItem, task: MoveTask): Queue | string {
    const arn = task.destinationArn ?? metaOf(item).deadLetterSource
    if (arn === undefined) return 'CouldNotDetermineMessageSource'
    return this.#queues.byArn(arn) ?? nonExistentQueue
  }

  /**
   * The message in its new place: to SQS it is a new one, with a new id, a new time of sending and no receives
   * (SQS Developer Guide, "Configure a dead-letter queue redrive").
   */
  #moveOf(item: ClaimedItem, target: Queue, nowMs: number): Move {
    const { deadLetterSource: _, ...meta } = metaOf(item)
    const id = this.#queues.edges.ids.uuid()
    const { body, group } = item
    return {
      target,
      messageId: item.id,
      newMessageId: id,
      effect: {
        kind: 'put',
        item: {
          queue: target.items,
          id,
          body,
          meta,
          enqueuedMs: nowMs,
          dueMs: nowMs,
          ...(group !== undefined && { group }),
        },
      },
    }
  }

  /** `false` when a message was received by somebody else in the meantime: nothing has moved then. */
  async #settle(
    key: string,
    after: MoveTask,
    items: readonly ClaimedItem[],
    moves: readonly Move[],
  ): Promise<boolean> {
    const { store, onMoved } = this.#queues.edges
    // Somebody may have cancelled the task while the messages were claimed.
    const status = (store.get(table, key) as MoveTask | undefined)?.status ?? after.status
    const outcomes = await store.settle(
      items.map(({ token }) => token),
      [...moves.map(({ effect }) => effect), { kind: 'set', table, key, value: { ...after, status } }],
    )
    if (outcomes.some((outcome) => outcome !== 'done')) return false
    const from = nameIn(after.sourceArn)
    for (const to of new Set(moves.map(({ target }) => target))) {
      const ofTarget = moves.filter(({ target }) => target === to)
      onMoved?.({
        from,
        to: to.name,
        moves: ofTarget.map(({ messageId, newMessageId }) => ({ messageId, newMessageId })),
      })
    }
    return true
  }

  async #end(
    key: string,
    task: MoveTask,
    status: 'COMPLETED' | 'CANCELLED' | 'FAILED',
    failureReason?: string,
  ): Promise<MoveTask> {
    const { store, onMoveEnded } = this.#queues.edges
    const ended: MoveTask = { ...task, status, ...(failureReason !== undefined && { failureReason }) }
    await store.set(table, key, ended)
    onMoveEnded?.({ queue: nameIn(task.sourceArn), status, moved: task.moved, failureReason })
    return ended
  }
}

interface Move {
  readonly target: Queue
  readonly messageId: string
  readonly newMessageId: string
  readonly effect: Effect
}

const nonExistentQueue = 'AWS.SimpleQueueService.NonExistentQueue'
/** What is left of a task whose store was emptied. */
const gone: MoveTask = {
  handle: '',
  sourceArn: '',
  status: 'CANCELLED',
  startedMs: 0,
  toMove: 0,
  moved: 0,
}

const isActive = ({ status }: MoveTask): boolean => status === 'RUNNING' || status === 'CANCELLING'
const prefixOf = (source: Queue): string => `${source.name}/`
const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1)

function sourceArnOf(handle: string): string {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, 'base64').toString()) as Record<
      string,
      unknown
    >
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return sourceArn
  } catch {
    // Answered below, like a handle that is JSON but nothing of ours.
  }
  throw errors.invalidParameter('Value for parameter TaskHandle is invalid.')
}
