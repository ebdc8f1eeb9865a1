import * as errors from './errors.ts'

/** A function is changed by one caller at a time, and published only as it is between changes. */
export interface ChangeGuard {
  /** Runs `work` unless the function is being changed or published: that is AWS's 409. */
  readonly change: <Answer>(name: string, arn: string, work: () => Promise<Answer>) => Promise<Answer>
  /** Runs `work` unless the function is being changed. */
  readonly publish: <Answer>(name: string, arn: string, work: () => Promise<Answer>) => Promise<Answer>
}

/** Creates the one guard of an API. */
export function createChangeGuard(): ChangeGuard {
  const changing = new Set<string>()
  /** How many publish it. */
  const publishing = new Map<string, number>()
  return {
    async change(name, arn, work) {
      if (changing.has(name) || publishing.has(name)) throw errors.updateInProgress(arn)
      changing.add(name)
      try {
        return await work()
      } finally {
        changing.delete(name)
      }
    },
    async publish(name, arn, work) {
      if (changing.has(name)) throw errors.updateInProgress(arn)
      publishing.set(name, (publishing.get(name) ?? 0) + 1)
      try {
        return await work()
      } finally {
        const left = (publishing.get(name) ?? 1) - 1
        if (left > 0) publishing.set(name, left)
        else publishing.delete(name)
      }
    },
  }
}
