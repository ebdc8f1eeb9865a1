/** Takes lines, writes them together once the current work is done: a burst of entries is one write. */
export interface LineWriter {
  write(lines: readonly string[]): void
  /** Writes what waits now. */
  flush(): void
}

/** Creates a writer for `stream`. */
export function createLineWriter(stream: Pick<NodeJS.WritableStream, 'write'>): LineWriter {
  let waiting: string[] = []

  function flush(): void {
    if (waiting.length === 0) return
    const text = `${waiting.join('\n')}\n`
    waiting = []
    stream.write(text)
  }

  return {
    write(lines) {
      if (lines.length === 0) return
      if (waiting.length === 0) setImmediate(flush)
      for (const line of lines) waiting.push(line)
    },
    flush,
  }
}
