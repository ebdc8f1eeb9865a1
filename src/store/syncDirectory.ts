import { open } from 'node:fs/promises'

/** Makes a new file's name as durable as its bytes. Windows has no such operation and does it by itself. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
