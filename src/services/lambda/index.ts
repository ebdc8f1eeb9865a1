import type { Clock, Ids } from '../../system/index.ts'
import type { Service } from '../service.ts'
import type { LambdaBackend } from './backend.ts'
import { createGetFunction, createGetFunctionConfiguration } from './getFunction.ts'
import { createInvoke, maximumPayloadBytes } from './invoke.ts'
import { createListFunctions } from './listFunctions.ts'
import { routes } from './routes.ts'

export { newTraceHeader } from './traceHeader.ts'
export type { FunctionDescription, InvokeAnswer, InvokeRequest, LambdaBackend } from './backend.ts'

/**
 * Creates the Lambda API. It checks requests as AWS does and words answers as AWS does; running functions is the
 * backend's part.
 */
export const createLambdaService = (
  backend: LambdaBackend,
  edges: { readonly clock: Clock; readonly ids: Ids },
): Service => ({
  name: 'lambda',
  operations: {
    Invoke: createInvoke(backend, edges),
    GetFunction: createGetFunction(backend),
    GetFunctionConfiguration: createGetFunctionConfiguration(backend),
    ListFunctions: createListFunctions(backend),
  },
  notBuilt: routes.notBuilt.map(({ operation }) => operation),
  maximumBodyBytes: maximumPayloadBytes,
  bodyTooLarge: {
    code: 'RequestEntityTooLargeException',
    message: `Request must be smaller than ${maximumPayloadBytes} bytes for the InvokeFunction operation`,
  },
  takesRequestId: true,
  rest: routes,
})
