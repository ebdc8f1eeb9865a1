/** Asks to stop, as the shell and service managers do. */
export interface StopSignals {
  /** Resolves at the first request: SIGINT, SIGTERM, SIGHUP, or `request()`. */
  readonly requested: Promise<void>
  request(): void
  release(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Listens; a second request is not asked again: `force` is called. */
export function listenToStopSignals(force: () => void): StopSignals {
  let requests = 0
  let resolve: () => void = () => {}
  const requested = new Promise<void>((done) => (resolve = done))
  const request = (): void => {
    requests++
    if (requests === 1) resolve()
    else force()
  }
  for (const signal of SIGNALS) process.on(signal, request)
  return {
    requested,
    request,
    release() {
      for (const signal of SIGNALS) process.off(signal, request)
    },
  }
}
