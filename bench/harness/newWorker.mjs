import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/**
 * The floor of a cold start: a new worker thread that loads a file and calls its handler; milliseconds.
 * @param {string} file
 */
export async function loadInNewWorker(file) {
  const startedMs = performance.now()
  const source = `import { parentPort } from 'node:worker_threads'
import { createRequire } from 'node:module'
const file = ${JSON.stringify(file)}
const { handler } = file.endsWith('.cjs') ? createRequire(file)(file) : await import(${JSON.stringify(pathToFileURL(file).href)})
parentPort.postMessage(await handler({}))`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    // What a package says about itself is not for the table.
    stderr: true,
  })
  await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  const tookMs = performance.now() - startedMs
  await worker.terminate()
  return tookMs
}
