import { fact } from '../signals.ts'

/** A scheduled rule's moment has come. */
export interface ScheduledMoment {
  /** The trigger that asked for the rule. */
  readonly triggerId: string
  readonly ruleName: string
  /** When it was due, epoch milliseconds. */
  readonly atMs: number
}

export const scheduleFired = fact<ScheduledMoment>('events.scheduleFired')
