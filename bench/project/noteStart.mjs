import { appendFileSync } from 'node:fs'

/**
 * Notes when it began, on the clock that all processes of a machine share, in the file that the event names.
 * @param {any} event
 */
export const handler = async (event) => {
  const startedNs = process.hrtime.bigint()
  const [record] = event.Records ?? []
  const text = record?.body ?? (record && Buffer.from(record.kinesis.data, 'base64').toString())
  const note = record ? JSON.parse(text) : event
  appendFileSync(note.file, `${note.id} ${startedNs}\n`)
  return {}
}
