import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryStore, openStore } from '../../src/store/index.ts'
import { describeStore } from './conformance.ts'

describeStore('memory', async () => {
  const store = createMemoryStore()
  return { store, end: () => store.close() }
})

describeStore('LMDB', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lambent-store-'))
  const store = await openStore({ directory })
  return {
    store,
    async end() {
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
})
