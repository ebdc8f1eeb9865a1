import type { Clock, Ids } from '../../system/index.ts'
import type { Service } from '../service.ts'
import { createGetAccountSettings } from './accountSettings.ts'
import { createAliasOperations } from './aliases.ts'
import type { LambdaBackend } from './backend.ts'
import { createChangeGuard } from './changeGuard.ts'
import { createEventInvokeConfigOperations } from './eventInvokeConfig.ts'
import {
  createMappingOperations,
  type MappingHost,
  type MappingRegistry,
} from './eventSourceMappings/index.ts'
import { createConcurrencyOperations } from './functionConcurrency.ts'
import { createUrlConfigOperations } from './functionUrlConfigs.ts'
import { createGetFunction, createGetFunctionConfiguration } from './getFunction.ts'
import { createInvoke, maximumPayloadBytes } from './invoke.ts'
import { createInvokeWithResponseStream } from './invokeWithResponseStream.ts'
import { createInvokeAsync } from './invokeAsync.ts'
import { createListFunctions } from './listFunctions.ts'
import { createManagementOperations } from './managementConfigs.ts'
import { createProvisionedConcurrencyOperations } from './provisionedConcurrency.ts'
import { createPermissionOperations } from './permissions.ts'
import { createRecursionOperations } from './recursionConfig.ts'
import type { FunctionRegistry } from './registry.ts'
import { routes } from './routes.ts'
import { createTagOperations } from './tags.ts'
import { createPublisher, createVersionOperations } from './versions.ts'
import { createCreateFunction } from './createFunction.ts'
import { createDeleteFunction } from './deleteFunction.ts'
import { createDeployTools } from './deployTools.ts'
import { createUpdateFunctionCode } from './updateFunctionCode.ts'
import { createUpdateFunctionConfiguration } from './updateFunctionConfiguration.ts'

export { maximumEventBytes, maximumPayloadBytes } from './invoke.ts'
export { newTraceHeader } from './traceHeader.ts'
export { ServiceError } from '../operation.ts'
export {
  type BrokerFacts,
  type BrokerMapping,
  type BrokerSettings,
  createMappingRegistry,
  type DeclaredMapping,
  type EventSourceMapping,
  type MappingHost,
  type MappingRegistry,
  type MappingSettings,
  type QueueSettings,
  type StreamFacts,
  type StreamSettings,
} from './eventSourceMappings/index.ts'
export type {
  FunctionDescription,
  InvokeAnswer,
  InvokeRequest,
  LambdaBackend,
  ProvisionedState,
  Snapshot,
} from './backend.ts'
export type { FunctionDeployments } from './backend.ts'
export { type FunctionSettings, withInput } from './functionSettings.ts'
export type { KeptCode, KeptFunction, PublishedVersion } from './registry.ts'
export type { UrlConfig } from './accessRegistry.ts'
export { createFunctionRegistry, type EventInvokeConfig, type FunctionRegistry } from './registry.ts'

/**
 * Creates the Lambda API. It checks requests as AWS does and words answers as AWS does; running functions is the
 * backend's part.
 */
export const createLambdaService = (
  backend: LambdaBackend,
  registry: FunctionRegistry,
  mappings: { readonly registry: MappingRegistry; readonly host: MappingHost },
  edges: { readonly clock: Clock; readonly ids: Ids },
): Service => {
  const publisher = createPublisher(backend, registry, edges.ids)
  const guard = createChangeGuard()
  const invocation = { backend, registry, ...edges }
  const tools = createDeployTools(backend, registry, publisher, guard, edges)
  return {
    name: 'lambda',
    operations: {
      Invoke: createInvoke(invocation),
      InvokeWithResponseStream: createInvokeWithResponseStream(invocation),
      InvokeAsync: createInvokeAsync(invocation),
      GetFunction: createGetFunction(backend, registry),
      GetFunctionConfiguration: createGetFunctionConfiguration(backend, registry),
      ListFunctions: createListFunctions(backend, registry),
      CreateFunction: createCreateFunction(tools),
      UpdateFunctionCode: createUpdateFunctionCode(tools),
      UpdateFunctionConfiguration: createUpdateFunctionConfiguration(tools),
      DeleteFunction: createDeleteFunction(tools),
      ...createVersionOperations(backend, registry, publisher, guard),
      ...createAliasOperations(backend, registry, edges.ids),
      ...createConcurrencyOperations(backend, registry),
      ...createProvisionedConcurrencyOperations(backend, registry, edges.clock),
      ...createEventInvokeConfigOperations(backend, registry, edges.clock),
      ...createRecursionOperations(backend, registry),
      ...createMappingOperations({ backend, functions: registry, ...mappings, ...edges }),
      ...createTagOperations(backend, registry, mappings.registry, edges.ids),
      ...createPermissionOperations(backend, registry, edges.ids),
      ...createUrlConfigOperations(backend, registry, edges.clock),
      ...createManagementOperations(backend, registry),
      GetAccountSettings: createGetAccountSettings(backend, registry),
    },
    notBuilt: routes.notBuilt.map(({ operation }) => operation),
    maximumBodyBytes: maximumPayloadBytes,
    bodyTooLarge: {
      code: 'RequestEntityTooLargeException',
      message: (limitBytes, operation) =>
        `Request must be smaller than ${limitBytes} bytes for the ${operation === 'Invoke' ? 'InvokeFunction' : operation} operation`,
    },
    bodyLimits: { CreateFunction: MOST_REQUEST_BYTES, UpdateFunctionCode: MOST_REQUEST_BYTES },
    takesRequestId: true,
    rest: routes,
  }
}

/** A request that brings a package along. */
const MOST_REQUEST_BYTES = 70_167_211
