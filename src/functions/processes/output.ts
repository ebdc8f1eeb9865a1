import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A line longer than this is cut: a process that never ends its line must not fill the memory. */
const LONGEST_LINE = 262_144

/** Runtime clients write what belongs together in one line, with carriage returns between its lines: a traceback. */
const entryOf = (line: string): string => line.replace(/\r$/, '').replaceAll('\r', '\n')

/**
 * What a process writes, line by line. `drain` makes sure that everything written before it was called has been told:
 * a pipe that had nothing to read during one whole turn of the event loop is empty.
 */
export class Output {
  readonly #tell: (line: string) => void
  readonly #rests: { text: string }[] = []
  #chunks = 0

  /** `entries`: a pipe whose lines are JSON texts, each one entry of the log. */
  constructor(streams: readonly Readable[], tell: (line: string) => void, entries?: Readable) {
    this.#tell = tell
    for (const stream of streams) this.#read(stream)
    if (entries) this.#readEntries(entries)
  }

  /** Calls `done` when all that was written has been read; a last line without an end counts as one. */
  drain(done: () => void): void {
    // The first turn ends the one under way, in which the pipes may have had their chance already.
    setImmediate(() => this.#untilQuiet(done))
  }

  #untilQuiet(done: () => void): void {
    const before = this.#chunks
    setImmediate(() => {
      if (this.#chunks !== before) {
        this.#untilQuiet(done)
        return
      }
      this.#flush()
      done()
    })
  }

  #read(stream: Readable): void {
    const decoder = new StringDecoder('utf8')
    const rest = { text: '' }
    this.#rests.push(rest)
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => {
      this.#chunks++
      const lines = (rest.text + decoder.write(chunk)).split('\n')
      rest.text = lines.pop() ?? ''
      for (const line of lines) this.#tell(entryOf(line))
      if (rest.text.length > LONGEST_LINE) this.#flush()
    })
  }

  #readEntries(stream: Readable): void {
    const decoder = new StringDecoder('utf8')
    let rest = ''
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => {
      this.#chunks++
      const lines = (rest + decoder.write(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#tell(JSON.parse(line) as string)
    })
  }

  #flush(): void {
    for (const rest of this.#rests) {
      if (rest.text !== '') this.#tell(entryOf(rest.text))
      rest.text = ''
    }
  }
}
