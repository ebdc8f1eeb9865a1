/** The floor's execution environment: parse, run, stringify. */
import { pathToFileURL } from 'node:url'
import { workerData } from 'piscina'

/** @type {{ handler: (event: unknown) => unknown }} */
const { handler } = await import(pathToFileURL(workerData.handlerFile).href)

/** @param {string} text */
export default async function run(text) {
  return JSON.stringify(await handler(JSON.parse(text)))
}
