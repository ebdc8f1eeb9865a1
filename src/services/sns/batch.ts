import * as errors from './errors.ts'
import { maximumBytes, prepareMessage, type SentMessage, type TopicMessage } from './message.ts'

export interface SentEntry extends SentMessage {
  readonly Id?: string
}

const maximumEntries = 10
const longestId = 80

/** Checks how many entries a batch has. */
export function checkCount(entries: readonly SentEntry[]): void {
  if (entries.length === 0) throw errors.emptyBatch()
  if (entries.length > maximumEntries) throw errors.tooManyEntries()
}

/** Checks the entries of a batch. AWS refuses the whole batch for one wrong message. */
export function readEntries(
  entries: readonly SentEntry[],
): readonly { readonly id: string; readonly message: TopicMessage }[] {
  const ids = entries.map(({ Id }, index) => {
    if (Id === undefined) throw errors.nullMember(`publishBatchRequestEntries.${index + 1}.member.id`)
    return Id
  })
  if (new Set(ids).size < ids.length) throw errors.batchEntryIdsNotDistinct()
  for (const id of ids)
    if (id.length > longestId || !/^[\w-]+$/.test(id))
      throw errors.invalidBatchEntryId(id, id.length > longestId)
  const messages = entries.map((entry, index) =>
    prepareMessage(entry, `publishBatchRequestEntries.${index + 1}.member.`),
  )
  if (messages.reduce((sum, { bytes }) => sum + bytes, 0) > maximumBytes) throw errors.batchTooLong()
  return entries.flatMap((_, index) => {
    const [id, message] = [ids[index], messages[index]]
    return id === undefined || message === undefined ? [] : [{ id, message }]
  })
}
