import type { RestBinding } from '../protocol/restJsonProtocol.ts'

const functions = '/2015-03-31/functions'
const mappings = '/2015-03-31/event-source-mappings'
const oneMapping = `${mappings}/:UUID`
const tags = '/2017-03-31/tags/:Resource'
const oneFunction = `${functions}/:FunctionName`

const concurrency = (date: string): string => `/${date}/functions/:FunctionName/concurrency`
const provisioned = '/2019-09-30/functions/:FunctionName/provisioned-concurrency'
const eventInvokeConfig = '/2019-09-25/functions/:FunctionName/event-invoke-config'
const recursionConfig = '/2024-08-31/functions/:FunctionName/recursion-config'
const policy = `${oneFunction}/policy`
const url = '/2021-10-31/functions/:FunctionName/url'
const runtimeManagement = '/2021-07-20/functions/:FunctionName/runtime-management-config'
const codeSigning = '/2020-06-30/functions/:FunctionName/code-signing-config'
const qualified = { query: { Qualifier: 'Qualifier' } }
const paged = { query: { Marker: 'Marker', MaxItems: 'MaxItems' }, integers: ['MaxItems'] }
/** 204 without a body. */
const nothing = { status: 204, answer: { payload: 'Nothing' } }

/** Methods and paths of all Lambda operations, served or not. */
export const routes: RestBinding = {
  routes: [
    {
      operation: 'Invoke',
      method: 'POST',
      path: `${oneFunction}/invocations`,
      query: { Qualifier: 'Qualifier' },
      headers: {
        InvocationType: 'x-amz-invocation-type',
        LogType: 'x-amz-log-type',
        ClientContext: 'x-amz-client-context',
        TenantId: 'x-amz-tenant-id',
        DurableExecutionName: 'x-amz-durable-execution-name',
        TraceId: 'x-amzn-trace-id',
      },
      payload: 'Payload',
      answer: {
        status: 'StatusCode',
        contentType: 'ContentType',
        headers: {
          FunctionError: 'X-Amz-Function-Error',
          LogResult: 'X-Amz-Log-Result',
          ExecutedVersion: 'X-Amz-Executed-Version',
          RemappedContentLength: 'x-amzn-Remapped-Content-Length',
          TraceId: 'X-Amzn-Trace-Id',
        },
        payload: 'Payload',
      },
    },
    {
      operation: 'InvokeWithResponseStream',
      method: 'POST',
      path: '/2021-11-15/functions/:FunctionName/response-streaming-invocations',
      query: { Qualifier: 'Qualifier' },
      headers: {
        InvocationType: 'x-amz-invocation-type',
        LogType: 'x-amz-log-type',
        ClientContext: 'x-amz-client-context',
        TenantId: 'x-amz-tenant-id',
        TraceId: 'x-amzn-trace-id',
      },
      payload: 'Payload',
      answer: {
        status: 'StatusCode',
        headers: { ExecutedVersion: 'X-Amz-Executed-Version', TraceId: 'X-Amzn-Trace-Id' },
        payload: 'Payload',
      },
    },
    { operation: 'CreateFunction', method: 'POST', path: functions, status: 201 },
    { operation: 'UpdateFunctionCode', method: 'PUT', path: `${oneFunction}/code` },
    { operation: 'UpdateFunctionConfiguration', method: 'PUT', path: `${oneFunction}/configuration` },
    { operation: 'DeleteFunction', method: 'DELETE', path: oneFunction, ...qualified, ...nothing },
    { operation: 'GetFunction', method: 'GET', path: oneFunction, query: { Qualifier: 'Qualifier' } },
    {
      operation: 'GetFunctionConfiguration',
      method: 'GET',
      path: `${oneFunction}/configuration`,
      query: { Qualifier: 'Qualifier' },
    },
    {
      operation: 'ListFunctions',
      method: 'GET',
      path: functions,
      query: {
        MasterRegion: 'MasterRegion',
        FunctionVersion: 'FunctionVersion',
        Marker: 'Marker',
        MaxItems: 'MaxItems',
      },
      integers: ['MaxItems'],
    },
    { operation: 'PublishVersion', method: 'POST', path: `${oneFunction}/versions`, status: 201 },
    { operation: 'ListVersionsByFunction', method: 'GET', path: `${oneFunction}/versions`, ...paged },
    { operation: 'CreateAlias', method: 'POST', path: `${oneFunction}/aliases`, status: 201 },
    {
      operation: 'ListAliases',
      method: 'GET',
      path: `${oneFunction}/aliases`,
      ...paged,
      query: { ...paged.query, FunctionVersion: 'FunctionVersion' },
    },
    { operation: 'GetAlias', method: 'GET', path: `${oneFunction}/aliases/:Name` },
    { operation: 'UpdateAlias', method: 'PUT', path: `${oneFunction}/aliases/:Name` },
    { operation: 'DeleteAlias', method: 'DELETE', path: `${oneFunction}/aliases/:Name`, ...nothing },
    // Set and taken away under one date, read under another.
    { operation: 'PutFunctionConcurrency', method: 'PUT', path: concurrency('2017-10-31') },
    {
      operation: 'DeleteFunctionConcurrency',
      method: 'DELETE',
      path: concurrency('2017-10-31'),
      ...nothing,
    },
    { operation: 'GetFunctionConcurrency', method: 'GET', path: concurrency('2019-09-30') },
    {
      operation: 'PutProvisionedConcurrencyConfig',
      method: 'PUT',
      path: provisioned,
      ...qualified,
      status: 202,
    },
    { operation: 'GetProvisionedConcurrencyConfig', method: 'GET', path: provisioned, ...qualified },
    {
      operation: 'ListProvisionedConcurrencyConfigs',
      method: 'GET',
      path: provisioned,
      when: { List: 'ALL' },
      ...paged,
    },
    {
      operation: 'DeleteProvisionedConcurrencyConfig',
      method: 'DELETE',
      path: provisioned,
      ...qualified,
      ...nothing,
    },
    { operation: 'PutFunctionEventInvokeConfig', method: 'PUT', path: eventInvokeConfig, ...qualified },
    { operation: 'UpdateFunctionEventInvokeConfig', method: 'POST', path: eventInvokeConfig, ...qualified },
    { operation: 'GetFunctionEventInvokeConfig', method: 'GET', path: eventInvokeConfig, ...qualified },
    {
      operation: 'DeleteFunctionEventInvokeConfig',
      method: 'DELETE',
      path: eventInvokeConfig,
      ...qualified,
      ...nothing,
    },
    {
      operation: 'ListFunctionEventInvokeConfigs',
      method: 'GET',
      path: `${eventInvokeConfig}/list`,
      ...paged,
    },
    { operation: 'PutFunctionRecursionConfig', method: 'PUT', path: recursionConfig },
    { operation: 'GetFunctionRecursionConfig', method: 'GET', path: recursionConfig },
    { operation: 'CreateEventSourceMapping', method: 'POST', path: mappings, status: 202 },
    {
      operation: 'ListEventSourceMappings',
      method: 'GET',
      path: mappings,
      ...paged,
      query: { ...paged.query, EventSourceArn: 'EventSourceArn', FunctionName: 'FunctionName' },
    },
    { operation: 'GetEventSourceMapping', method: 'GET', path: oneMapping },
    { operation: 'UpdateEventSourceMapping', method: 'PUT', path: oneMapping, status: 202 },
    { operation: 'DeleteEventSourceMapping', method: 'DELETE', path: oneMapping, status: 202 },
    { operation: 'TagResource', method: 'POST', path: tags, ...nothing },
    {
      operation: 'UntagResource',
      method: 'DELETE',
      path: tags,
      query: { TagKeys: 'tagKeys' },
      lists: ['TagKeys'],
      ...nothing,
    },
    { operation: 'ListTags', method: 'GET', path: tags },
    {
      operation: 'InvokeAsync',
      method: 'POST',
      path: '/2014-11-13/functions/:FunctionName/invoke-async',
      status: 202,
      payload: 'InvokeArgs',
    },
    { operation: 'AddPermission', method: 'POST', path: policy, ...qualified, status: 201 },
    { operation: 'GetPolicy', method: 'GET', path: policy, ...qualified },
    {
      operation: 'RemovePermission',
      method: 'DELETE',
      path: `${policy}/:StatementId`,
      query: { ...qualified.query, RevisionId: 'RevisionId' },
      ...nothing,
    },
    { operation: 'CreateFunctionUrlConfig', method: 'POST', path: url, ...qualified, status: 201 },
    { operation: 'GetFunctionUrlConfig', method: 'GET', path: url, ...qualified },
    { operation: 'UpdateFunctionUrlConfig', method: 'PUT', path: url, ...qualified },
    { operation: 'DeleteFunctionUrlConfig', method: 'DELETE', path: url, ...qualified, ...nothing },
    { operation: 'ListFunctionUrlConfigs', method: 'GET', path: `${url}s`, ...paged },
    { operation: 'GetAccountSettings', method: 'GET', path: '/2016-08-19/account-settings' },
    { operation: 'GetRuntimeManagementConfig', method: 'GET', path: runtimeManagement, ...qualified },
    { operation: 'PutRuntimeManagementConfig', method: 'PUT', path: runtimeManagement, ...qualified },
    { operation: 'GetFunctionCodeSigningConfig', method: 'GET', path: codeSigning },
    { operation: 'PutFunctionCodeSigningConfig', method: 'PUT', path: codeSigning },
    { operation: 'DeleteFunctionCodeSigningConfig', method: 'DELETE', path: codeSigning, ...nothing },
  ],
  notBuilt: parse(`
    PutResourcePolicy PUT /2026-07-09/resource-policy/:Arn
    GetResourcePolicy GET /2026-07-09/resource-policy/:Arn
    DeleteResourcePolicy DELETE /2026-07-09/resource-policy/:Arn
    PublishLayerVersion POST /2018-10-31/layers/:LayerName/versions
    ListLayerVersions GET /2018-10-31/layers/:LayerName/versions
    ListLayers GET /2018-10-31/layers
    GetLayerVersion GET /2018-10-31/layers/:LayerName/versions/:VersionNumber
    DeleteLayerVersion DELETE /2018-10-31/layers/:LayerName/versions/:VersionNumber
    AddLayerVersionPermission POST /2018-10-31/layers/:LayerName/versions/:VersionNumber/policy
    GetLayerVersionPolicy GET /2018-10-31/layers/:LayerName/versions/:VersionNumber/policy
    RemoveLayerVersionPermission DELETE /2018-10-31/layers/:LayerName/versions/:VersionNumber/policy/:StatementId
    CreateCodeSigningConfig POST /2020-04-22/code-signing-configs
    ListCodeSigningConfigs GET /2020-04-22/code-signing-configs
    GetCodeSigningConfig GET /2020-04-22/code-signing-configs/:Arn
    UpdateCodeSigningConfig PUT /2020-04-22/code-signing-configs/:Arn
    DeleteCodeSigningConfig DELETE /2020-04-22/code-signing-configs/:Arn
    ListFunctionsByCodeSigningConfig GET /2020-04-22/code-signing-configs/:Arn/functions
    CreateCapacityProvider POST /2025-11-30/capacity-providers
    ListCapacityProviders GET /2025-11-30/capacity-providers
    GetCapacityProvider GET /2025-11-30/capacity-providers/:Name
    UpdateCapacityProvider PUT /2025-11-30/capacity-providers/:Name
    DeleteCapacityProvider DELETE /2025-11-30/capacity-providers/:Name
    ListFunctionVersionsByCapacityProvider GET /2025-11-30/capacity-providers/:Name/function-versions
    PutFunctionScalingConfig PUT /2025-11-30/functions/:F/function-scaling-config
    GetFunctionScalingConfig GET /2025-11-30/functions/:F/function-scaling-config
    CheckpointDurableExecution POST /2025-12-01/durable-executions/:Arn/checkpoint
    GetDurableExecutionState GET /2025-12-01/durable-executions/:Arn/state
    GetDurableExecution GET /2025-12-01/durable-executions/:Arn
    GetDurableExecutionHistory GET /2025-12-01/durable-executions/:Arn/history
    StopDurableExecution POST /2025-12-01/durable-executions/:Arn/stop
    ListDurableExecutionsByFunction GET /2025-12-01/functions/:F/durable-executions
    SendDurableExecutionCallbackSuccess POST /2025-12-01/durable-execution-callbacks/:Id/succeed
    SendDurableExecutionCallbackFailure POST /2025-12-01/durable-execution-callbacks/:Id/fail
    SendDurableExecutionCallbackHeartbeat POST /2025-12-01/durable-execution-callbacks/:Id/heartbeat
  `),
}

function parse(table: string): RestBinding['notBuilt'] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [operation = '', method = '', path = ''] = line.trim().split(' ')
      return { operation, method, path }
    })
}
