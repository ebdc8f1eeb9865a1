/** Kinesalite in a process of its own: Kinesis in memory, as the rivals have it. */
import { createRequire } from 'node:module'
import { serve } from '../harness/remote.mjs'

serve({
  /** @param {{ folder: string }} options */
  async start({ folder }) {
    const kinesalite = createRequire(import.meta.url)(folder)
    const server = kinesalite({ createStreamMs: 0, deleteStreamMs: 0, shardLimit: 100 })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    return { url: `http://127.0.0.1:${server.address().port}` }
  },
})
