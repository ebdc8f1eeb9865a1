import type { Clock, Log, Timer } from '../../system/index.ts'
import type { Signals } from '../signals.ts'
import { parseSchedule } from './scheduleExpression.ts'
import { scheduleFired } from './signals.ts'

/** A rule that fires at times. */
export interface TimedRule {
  readonly name: string
  /** `rate(...)` or `cron(...)`. */
  readonly expression: string
  readonly isEnabled: boolean
  /** When the rule came to be: rates count from there. Default: when it is first set. */
  readonly startedMs?: number
}

/** A rule with a schedule on the default event bus, from the spec. */
export interface ScheduledRule extends TimedRule {
  readonly triggerId: string
}

/** Fires rules whenever their moment comes. */
export interface Schedules<Rule extends TimedRule = ScheduledRule> {
  /** These rules from now on. A rule that stays as it was keeps counting; moments missed while down are not made up. */
  set(rules: readonly Rule[]): void
  stop(): void
}

interface Running<Rule> {
  /** As it was set last: whom it fires for may have changed. */
  rule: Rule
  timer: Timer | undefined
}

/** Creates the scheduler of the spec's schedules: it tells {@link scheduleFired}. */
export const createSchedules = (on: { clock: Clock; signals: Signals; log: Log }): Schedules =>
  createTimedRules<ScheduledRule>({
    ...on,
    fire: (rule, atMs) =>
      on.signals.tell(scheduleFired, { triggerId: rule.triggerId, ruleName: rule.name, atMs }),
  })

/** Creates a scheduler of rules. */
export function createTimedRules<Rule extends TimedRule>(on: {
  clock: Clock
  log: Log
  fire: (rule: Rule, atMs: number) => Promise<void>
}): Schedules<Rule> {
  const running = new Map<string, Running<Rule>>()

  function start(rule: Rule): void {
    const schedule = parseSchedule(rule.expression)
    if (typeof schedule === 'string') {
      on.log.error(`schedule ${rule.name}: ${rule.expression}: ${schedule}`)
      return
    }
    const nowMs = on.clock.now()
    const startedMs = rule.startedMs ?? nowMs
    const state: Running<Rule> = { rule, timer: undefined }
    const arm = (afterMs: number): void => {
      const atMs = schedule.next(afterMs, startedMs)
      if (atMs === undefined) return
      state.timer = on.clock.at(
        atMs,
        `schedule ${rule.name}`,
        () => {
          arm(atMs)
          on.fire(state.rule, atMs).catch((error) => {
            on.log.error(`schedule ${rule.name} could not be handed over`, error)
          })
        },
        { recurring: true },
      )
    }
    arm(nowMs)
    running.set(rule.name, state)
  }

  function end(name: string): void {
    running.get(name)?.timer?.cancel()
    running.delete(name)
  }

  return {
    set(rules) {
      const wanted = new Map(rules.filter((rule) => rule.isEnabled).map((rule) => [rule.name, rule]))
      for (const [name, { rule }] of running) {
        if (wanted.get(name)?.expression !== rule.expression) end(name)
      }
      for (const rule of wanted.values()) {
        const state = running.get(rule.name)
        if (state) state.rule = rule
        else start(rule)
      }
    },
    stop() {
      for (const name of running.keys()) end(name)
    },
  }
}
