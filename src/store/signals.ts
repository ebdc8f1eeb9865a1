/** Tells listeners about committed changes, by name. */
export class Signals {
  readonly #listeners = new Map<string, Set<() => void>>()

  /** Returns how to stop listening. */
  listen(name: string, listener: () => void): () => void {
    // A wrapper each, so that the same function can listen twice and stop once.
    const entry = (): void => listener()
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(entry))
    return () => {
      listeners.delete(entry)
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name)
    }
  }

  /** Calls the listeners of `name`. What one throws is reported as a warning and keeps nobody else from hearing. */
  tell(name: string): void {
    const listeners = this.#listeners.get(name)
    if (!listeners) return
    // A listener may add or remove others meanwhile.
    for (const listener of Array.from(listeners)) {
      try {
        listener()
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }
}
