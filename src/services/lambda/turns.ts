/** Runs what is handed in one after the other: of two changes, the second finds what the first has kept. */
export function createTurns(): <Answer>(work: () => Answer | Promise<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
}
