import type { Clock, Log, Timer } from '../../system/index.ts'
import type { Signals } from '../signals.ts'
import { parseSchedule } from './scheduleExpression.ts'
import { scheduleFired } from './signals.ts'

/** A rule with a schedule on the default event bus. */
export interface ScheduledRule {
  readonly name: string
  readonly triggerId: string
  /** `rate(...)` or `cron(...)`. */
  readonly expression: string
  readonly isEnabled: boolean
}

/** Tells {@link scheduleFired} whenever a rule's moment comes. */
export interface Schedules {
  /** These rules from now on. A rule that stays as it was keeps counting; moments missed while down are not made up. */
  set(rules: readonly ScheduledRule[]): void
  stop(): void
}

interface Running {
  readonly rule: ScheduledRule
  timer: Timer | undefined
}

/** Creates the scheduler. */
export function createSchedules(on: { clock: Clock; signals: Signals; log: Log }): Schedules {
  const running = new Map<string, Running>()

  function start(rule: ScheduledRule): void {
    const schedule = parseSchedule(rule.expression)
    if (typeof schedule === 'string') {
      on.log.error(`schedule ${rule.name}: ${rule.expression}: ${schedule}`)
      return
    }
    const startedMs = on.clock.now()
    const state: Running = { rule, timer: undefined }
    const arm = (afterMs: number): void => {
      const atMs = schedule.next(afterMs, startedMs)
      if (atMs === undefined) return
      state.timer = on.clock.at(
        atMs,
        `schedule ${rule.name}`,
        () => {
          arm(atMs)
          on.signals
            .tell(scheduleFired, { triggerId: rule.triggerId, ruleName: rule.name, atMs })
            .catch((error) => {
              on.log.error(`schedule ${rule.name} could not be handed over`, error)
            })
        },
        { recurring: true },
      )
    }
    arm(startedMs)
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
      for (const rule of wanted.values()) if (!running.has(rule.name)) start(rule)
    },
    stop() {
      for (const name of running.keys()) end(name)
    },
  }
}
