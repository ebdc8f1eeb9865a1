import { readBodyArgument } from '../bodyArgument.ts'
import { ask, notLambent, parseObject } from '../client.ts'
import { CommandFailure } from '../failure.ts'

export interface PutFlags {
  readonly key?: string
  /** In place of that of the key: the shard in whose range it lies gets the record. */
  readonly hash?: string
  readonly port: number
  readonly json?: boolean
}

/** Unless told otherwise all records have one key, and so stay in order. */
const USUAL_KEY = 'lambent'

/** `lambent stream put`: over the Kinesis API, as any producer; shard and sequence number go to stdout. */
export async function put(name: string, data: string, flags: PutFlags): Promise<void> {
  const { key = USUAL_KEY, hash, port, json } = flags
  const { bytes } = await readBodyArgument(data)
  const answer = await ask(port, {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Kinesis_20131202.PutRecord' },
    body: JSON.stringify({
      StreamName: name,
      Data: bytes.toString('base64'),
      PartitionKey: key,
      ...(hash !== undefined && { ExplicitHashKey: hash }),
    }),
  })
  const stored = parseObject(answer.body)
  if (!stored) throw notLambent(port)
  if (answer.status >= 300) {
    const { message } = stored
    throw new CommandFailure(typeof message === 'string' ? message : `status ${answer.status}`)
  }
  if (json) process.stdout.write(`${JSON.stringify(stored)}\n`)
  else process.stdout.write(`${String(stored['ShardId'])} ${String(stored['SequenceNumber'])}\n`)
}
