import { appendFileSync } from 'node:fs'

/**
 * Notes when it began, on the clock that all processes of a machine share, in the file that the event names.
 * @param {any} event
 */
export const handler = async (event) => {
  const startedNs = process.hrtime.bigint()
  const note = event.Records ? JSON.parse(event.Records[0].body) : event
  appendFileSync(note.file, `${note.id} ${startedNs}\n`)
  return {}
}
