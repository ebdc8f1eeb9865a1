import { maximumEventBytes, maximumPayloadBytes } from '../services/lambda/index.ts'
import type { Runner } from './runner.ts'
import type { InvokeOptions, InvokeResult } from './types.ts'

/** `app.invoke`: what the Invoke API does, without HTTP, with values instead of bytes. */
export async function invokeFromCode(
  runner: Runner,
  name: string,
  event: unknown,
  options: InvokeOptions,
): Promise<InvokeResult> {
  const functions = runner.functionList()
  const target = functions.find((one) => one.name === name || one.key === name)
  if (!target) {
    const names = functions.map((one) => one.key).join(', ')
    throw new Error(`there is no function ${name}; there are: ${names || 'none'}`)
  }
  const { qualifier } = options
  if (qualifier !== undefined && !runner.registry.hasQualifier(target.name, qualifier))
    throw new Error(`${target.name} has no version or alias ${qualifier}`)
  const payload = Buffer.from(JSON.stringify(event ?? {}))
  const mostBytes = options.type === 'Event' ? maximumEventBytes : maximumPayloadBytes
  if (payload.length > mostBytes)
    throw new Error(
      `the event for ${target.name} has ${payload.length} bytes; Lambda takes at most ${mostBytes} for ${options.type ?? 'RequestResponse'}`,
    )
  const requestId = runner.ids.uuid()
  const request = {
    functionName: target.name,
    requestId,
    payload,
    invokedFunctionArn: qualifier === undefined ? target.arn : `${target.arn}:${qualifier}`,
    door: 'code',
    ...(options.clientContext === undefined ? {} : { clientContext: JSON.stringify(options.clientContext) }),
  }
  const empty = { requestId, payload: undefined, functionError: undefined, logTail: '' }
  if (options.type === 'DryRun') return { ...empty, statusCode: 204 }
  if (options.type === 'Event') {
    await runner.doors.accept(request)
    return { ...empty, statusCode: 202 }
  }
  const outcome = await runner.doors.run(request)
  switch (outcome.kind) {
    case 'throttled':
      throw new Error(`${target.name} was throttled: ${outcome.reason}`)
    case 'recursionStopped':
      throw new Error(`${target.name} runs in a loop and was stopped`)
    case 'systemError':
      throw new Error(`${target.name} could not be run: ${outcome.message}`)
    case 'success':
    case 'functionError':
      return {
        statusCode: 200,
        requestId,
        payload: JSON.parse(Buffer.from(outcome.payload).toString()) as unknown,
        functionError: outcome.kind === 'functionError' ? 'Unhandled' : undefined,
        logTail: Buffer.from(outcome.log.bytes).toString(),
      }
  }
}
