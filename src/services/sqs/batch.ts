import { ServiceError } from '../operation.ts'
import * as errors from './errors.ts'

export interface BatchInput<Entry> {
  readonly QueueUrl?: string
  readonly Entries?: readonly (Entry & { readonly Id?: string })[]
}

export interface BatchFailure {
  readonly Id: string
  readonly SenderFault: boolean
  readonly Code: string
  readonly Message: string
}

export interface BatchOutput<Success> {
  readonly Successful: readonly Success[]
  readonly Failed: readonly BatchFailure[]
}

const maximumEntries = 10

/** Checks what concerns a batch as a whole: how many entries, and their ids. */
export function entriesOf<Entry>(
  input: BatchInput<Entry>,
  entryName: string,
): readonly (Entry & { readonly Id: string })[] {
  const entries = input.Entries ?? []
  if (entries.length === 0) throw errors.emptyBatch(entryName)
  if (entries.length > maximumEntries) throw errors.tooManyEntries(maximumEntries, entries.length)
  const seen = new Set<string>()
  for (const { Id } of entries) {
    if (Id === undefined || !isEntryId.test(Id)) throw errors.invalidBatchEntryId()
    if (seen.has(Id)) throw errors.batchEntryIdsNotDistinct(Id)
    seen.add(Id)
  }
  return entries as readonly (Entry & { readonly Id: string })[]
}

const isEntryId = /^[\w-]{1,80}$/

/** An entry's share of the answer when it failed; anything that is not AWS's own refusal fails the whole call. */
export function failureOf(id: string, error: unknown): BatchFailure {
  if (!(error instanceof ServiceError)) throw error
  return {
    Id: id,
    SenderFault: error.status < 500,
    Code: errors.queryCode(error.code),
    Message: error.message,
  }
}

/** Splits entries by whether `prepare` accepts them. */
export function prepareEach<Entry extends { readonly Id: string }, Prepared>(
  entries: readonly Entry[],
  prepare: (entry: Entry) => Prepared,
): { accepted: { readonly id: string; readonly value: Prepared }[]; failed: BatchFailure[] } {
  const accepted: { readonly id: string; readonly value: Prepared }[] = []
  const failed: BatchFailure[] = []
  for (const entry of entries) {
    try {
      accepted.push({ id: entry.Id, value: prepare(entry) })
    } catch (error) {
      failed.push(failureOf(entry.Id, error))
    }
  }
  return { accepted, failed }
}
