import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What the handler `noteStart` notes in `file`, compared with when each of its events was sent.
 * @param {string} file
 * @param {number} warmUp How many of the first do not count.
 * @param {number} restMs Between two of them.
 */
export function createStarts(file, warmUp, restMs) {
  /** @type {Map<number, bigint>} */
  const sentNs = new Map()
  return {
    /**
     * @param {number} id
     * @param {(note: string) => Promise<unknown>} send
     */
    async send(id, send) {
      const note = JSON.stringify({ id, file })
      sentNs.set(id, process.hrtime.bigint())
      await send(note)
      await sleep(restMs)
    },
    async tookMs() {
      const notes = (await readFile(file, 'utf8')).trim().split('\n')
      if (notes.length !== sentNs.size) throw new Error(`${sentNs.size} events, ${notes.length} runs`)
      return notes.slice(warmUp).map((note) => {
        const [id = '', startedNs = ''] = note.split(' ')
        return Number(BigInt(startedNs) - (sentNs.get(Number(id)) ?? 0n)) / 1e6
      })
    },
  }
}
