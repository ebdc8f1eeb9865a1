// Puts items until the disk refuses (the parent limits how large a file may grow), then makes room and goes on.
import { openStore } from '#dist/store/index.js'

const unhandled = []
process.on('unhandledRejection', (reason) => unhandled.push(String(reason)))
// lmdb prints what the system said; this test asks for it.
console.error = () => {}

const store = await openStore({ directory: process.argv[2] })
const acknowledged = []
const failures = []
const put = async (id, bytes = 20_000) => {
  const item = { queue: 'q', id, body: Buffer.alloc(bytes), meta: {}, enqueuedMs: 0, dueMs: 0 }
  try {
    const [result] = await store.put([item])
    acknowledged.push({ id, sequence: result.sequence })
  } catch (error) {
    failures.push(error.name)
  }
}
await put('a file that grows too large', 5_000_000)
const failedFile = failures.splice(0)
for (let count = 0; failures.length === 0; count++) {
  await Promise.all([put(`${count}-a`), put(`${count}-b`)])
}
const refusedTogether = failures.length
for (let count = 0; count < 3; count++) await put(`refused-${count}`)
const counted = store.counts('q', 0).ready

const removed = []
for (let count = 0; count < 10; count++) {
  const items = await store.claim('q', { nowMs: 0, limit: 5, leaseMs: 0 }).catch(() => [])
  for (const { id, token } of items) {
    const [outcome] = await store.settle([token]).catch(() => [])
    if (outcome === 'done') removed.push(id)
  }
}
const before = acknowledged.length
for (let count = 0; count < 5; count++) await put(`after-${count}`)
await store.close()
const again = acknowledged.length - before
process.stdout.write(
  JSON.stringify({
    acknowledged,
    failedFile,
    failures,
    refusedTogether,
    counted,
    before,
    removed,
    again,
    unhandled,
  }),
)
