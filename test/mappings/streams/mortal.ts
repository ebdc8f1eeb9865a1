import type { Activity, Clock } from '../../../src/system/index.ts'

/** What a process had in its hands, and lets go of when it is killed: after that nothing it does has an effect. */
export function createMortality() {
  let isDead = false
  const works = new Set<{ end(): void }>()
  const never = new Promise<never>(() => {})
  return {
    /** The same object, until the process dies: then its calls come to nothing, and none that is open is answered. */
    of: <Thing extends object>(thing: Thing): Thing =>
      new Proxy(thing, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name)
          if (typeof member !== 'function') return member
          return (...all: unknown[]) => {
            if (isDead) return never
            const answer: unknown = Reflect.apply(member, target, all)
            return answer instanceof Promise ? answer.then((value) => (isDead ? never : value)) : answer
          }
        },
      }),
    clock: (clock: Clock): Clock => ({
      now: () => clock.now(),
      at: (dueMs, label, run, options) => clock.at(dueMs, label, () => !isDead && run(), options),
    }),
    activity: (activity: Activity): Activity => ({
      ...activity,
      begin(label) {
        const work = activity.begin(label)
        works.add(work)
        if (isDead) work.end()
        return work
      },
      track(label, promise) {
        const work = this.begin(label)
        return promise.finally(() => work.end())
      },
    }),
    die(): void {
      isDead = true
      for (const work of works) work.end()
    },
  }
}
