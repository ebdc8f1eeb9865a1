// Puts, claims and settles until it is killed, and says on standard output what it was promised, at once.
import { writeSync } from 'node:fs'
import { openStore } from '#dist/store/index.js'

const [directory, round] = process.argv.slice(2)
const store = await openStore({ directory })
const say = (line) => writeSync(1, `${line}\n`)
let count = 0
let now = 0

async function produce() {
  for (;;) {
    const ids = Array.from({ length: 1 + (count % 3) }, () => `${round}-${count++}`)
    await store.put(
      ids.map((id) => ({
        queue: 'q',
        id,
        body: Buffer.alloc(count % 40 === 0 ? 80_000 : 200, id),
        meta: { id },
        enqueuedMs: now,
        dueMs: now,
        ...(count % 4 === 0 ? { group: `g${count % 3}` } : {}),
      })),
    )
    for (const id of ids) say(`put ${id}`)
  }
}

async function consume() {
  for (;;) {
    const items = await store.claim('q', { nowMs: now++, limit: 3, leaseMs: 1_000 })
    for (const { id, token } of items) say(`claimed ${id} ${token.fence}`)
    for (const { id, token } of items) {
      say(`settling ${id}`)
      const effects = [{ kind: 'set', table: 'done', key: id, value: true }]
      if ((await store.settle([token], effects))[0] === 'done') say(`settled ${id}`)
    }
  }
}

/** Overwrites and removes a few entries with bodies; an entry's value says what its body consists of. */
async function overwrite() {
  for (let turn = 0; ; turn++) {
    const size = turn % 2 === 0 ? 80_000 : 200
    const value = `${round}.${turn}`
    await store.set('objects', `k${turn % 3}`, { value, size }, Buffer.alloc(size, value))
    if (turn % 7 === 0) await store.remove('objects', `k${turn % 2}`)
  }
}

await Promise.all([produce(), produce(), produce(), consume(), consume(), overwrite(), overwrite()])
