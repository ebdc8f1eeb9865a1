import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

/** A project with one function of its own, `declared`. */
export const SPEC = {
  'lambda.yml': 'functions: { declared: { handler: index.handler } }',
  'index.js': 'exports.handler = async () => 1',
}

export const Role = 'arn:aws:iam::000000000000:role/r'

/** A package of files; links are given by their mode. */
export async function zip(files: Readonly<Record<string, string>>, mode = 0o100644): Promise<Buffer> {
  const archive = new ZipFile()
  for (const [name, text] of Object.entries(files)) archive.addBuffer(Buffer.from(text), name, { mode })
  archive.end()
  return await buffer(archive.outputStream)
}

/** A package whose handler answers what an expression says; `event` is at hand. */
export const code = (text: string): Promise<Buffer> =>
  zip({ 'index.js': `exports.handler = async (event) => (${text})` })

/** Creates `made`, whose handler answers what an expression says. */
export const create = async (
  client: LambdaClient,
  text: string,
  more: Partial<CreateFunctionCommandInput> = {},
) =>
  await client.send(
    new CreateFunctionCommand({
      FunctionName: 'made',
      Role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: await code(text) },
      ...more,
    }),
  )

/** What a function answers to `{"n":1}`. */
export async function answer(
  client: LambdaClient,
  FunctionName = 'made',
  Qualifier?: string,
): Promise<unknown> {
  const { Payload } = await client.send(new InvokeCommand({ FunctionName, Qualifier, Payload: '{"n":1}' }))
  return JSON.parse(Buffer.from(Payload ?? []).toString())
}

/** An error as callers see it: status, code, message. */
export async function refusal(work: Promise<unknown>): Promise<unknown> {
  const error = (await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )) as { name: string; message: string; $metadata: { httpStatusCode: number } } | undefined
  return error && [error.$metadata.httpStatusCode, error.name, error.message]
}
