import type { Operation } from '../operation.ts'
import * as errors from './errors.ts'
import { createInvoke, type InvocationTools } from './invoke.ts'

interface Input {
  readonly FunctionName: string
  readonly InvokeArgs: Uint8Array
}

/** A quarter of what `Invoke` takes for an event: the limit of the time when the operation was made. */
const MOST_BYTES = 262_144

/** `InvokeAsync`, which AWS has deprecated: `Invoke` of type `Event`, without any of its settings. */
export function createInvokeAsync(on: InvocationTools): Operation<Input> {
  const invoke = createInvoke(on)
  return async ({ FunctionName, InvokeArgs }, context) => {
    if (InvokeArgs.length > MOST_BYTES) throw errors.eventTooLarge(InvokeArgs.length, MOST_BYTES)
    const { StatusCode } = await invoke(
      { FunctionName, Payload: InvokeArgs, InvocationType: 'Event' },
      context,
    )
    return { Status: StatusCode }
  }
}
