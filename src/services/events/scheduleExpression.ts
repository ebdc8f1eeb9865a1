import { createRequire } from 'node:module'
import type AwsCronParser from 'aws-cron-parser'

const require = createRequire(import.meta.url)

/** CommonJS: an import would cost 5 MiB. Loaded by the first schedule, which most projects do not have. */
const cronParser = (): typeof AwsCronParser => require('aws-cron-parser') as typeof AwsCronParser

/** A schedule that was understood: answers when it fires next. */
export interface Schedule {
  /** The first moment strictly after `afterMs`; `startedMs` is when the rule came to be (rates count from there). */
  next(afterMs: number, startedMs: number): number | undefined
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * Parses `rate(5 minutes)` or `cron(0 12 ? * MON-FRI *)` as EventBridge rules do (EventBridge User Guide,
 * "Creating a rule that runs on a schedule"). Answers a sentence saying what is wrong when it is not one.
 */
export function parseSchedule(expression: string): Schedule | string {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression)
  if (rate) return parseRate(Number(rate[1]), rate[2] ?? '', rate[3] === 's')
  const cron = /^cron\((.*)\)$/.exec(expression)
  if (cron) return parseCron(cron[1] ?? '')
  return 'expected rate(N minutes|hours|days) or cron(minutes hours day-of-month month day-of-week year)'
}

function parseRate(count: number, unit: string, isPlural: boolean): Schedule | string {
  if (count < 1) return 'a rate must be at least 1'
  if (count === 1 && isPlural) return `a rate of 1 takes the singular: rate(1 ${unit})`
  if (count > 1 && !isPlural) return `a rate above 1 takes the plural: rate(${count} ${unit}s)`
  const everyMs = count * (UNIT_MS[unit] ?? 0)
  return {
    next: (afterMs, startedMs) =>
      startedMs + (Math.floor(Math.max(0, afterMs - startedMs) / everyMs) + 1) * everyMs,
  }
}

function parseCron(fields: string): Schedule | string {
  const parts = fields.split(/\s+/)
  if (parts.length !== 6) return `a cron expression has six fields, this one has ${parts.length}`
  const [, , dayOfMonth, , dayOfWeek] = parts
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    return 'exactly one of day-of-month (third field) and day-of-week (fifth field) must be ?'
  }
  try {
    const parser = cronParser()
    const parsed = parser.parse(fields)
    return { next: (afterMs) => parser.next(parsed, new Date(afterMs))?.getTime() }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
