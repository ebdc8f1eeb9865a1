import { label } from './label.ts'
import { didYouMean } from './nearest.ts'
import type { Path, ScalarNode } from './nodes.ts'
import { RUNTIME_FAMILIES, RUNTIMES } from './runtimes.ts'
import { FOREIGN_SERVICES, HOSTED_SERVICES } from './schema/build.ts'

/** Why something is not taken, and what to do instead. */
export interface Refusal {
  readonly message: string
  readonly hint: string
}

/**
 * What the Serverless Framework or AWS knows and this version does not. Such a key is no typing error, so it is
 * refused by name, with what to do instead. Paths: `*` stands for any name.
 */
const NO_EFFECT = 'expected nothing: it has no effect on a local run; remove it'
const SHOWN_NOWHERE = 'expected nothing: figures of brokers are not shown by this version'

const KAFKA_REFUSED = {
  ...named(
    'destinations destinationConfig onFailure',
    'expected nothing: records that are given up are told in the log only; destinations of Kafka are not supported by this version',
  ),
  ...named(
    'schemaRegistryConfig schemaRegistry',
    'expected handlers that decode their records: schema registries are not supported by this version',
  ),
  filterCriteria: 'expected `filterPatterns`, a list of patterns',
  functionResponseTypes: 'expected `functionResponseType: ReportBatchItemFailures`',
  pollerGroupName: NO_EFFECT,
  metricsConfig: SHOWN_NOWHERE,
  ...named('loggingConfig kmsKeyArn tags', NO_EFFECT),
}

const QUEUE_BROKER_REFUSED = {
  ...named(
    'functionResponseType functionResponseTypes maximumRetryAttempts',
    'expected nothing: a batch of a message broker succeeds or fails as a whole, and the broker redelivers it',
  ),
  filterCriteria: 'expected `filterPatterns`, a list of patterns',
  metricsConfig: SHOWN_NOWHERE,
  ...named('startingPosition kmsKeyArn tags', NO_EFFECT),
}

const REFUSED_KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    ...named(
      'frameworkVersion plugins package useDotenv configValidationMode variablesResolutionMode org app tenant outputs params build deprecationNotificationMode disabledDeprecations unresolvedVariablesNotificationMode',
      NO_EFFECT,
    ),
    stepFunctions: 'expected functions and queues only',
    alarms: NO_EFFECT,
  },
  provider: {
    ...named(
      'profile deploymentBucket deploymentPrefix deploymentMethod stackName stackTags stackPolicy stackParameters iam iamRoleStatements role rolePermissionsBoundary tags vpc vpcEndpointIds kmsKeyArn logDataProtectionPolicy architecture disableRollback rollbackConfiguration notificationArns cfnRole versionFunctions runtimeManagement snapStart lambdaHashingVersion resolver resourcePolicy usagePlan apiKeys apiName endpointType cloudFront deploymentMode',
      NO_EFFECT,
    ),
    stage:
      'expected `custom: { stage: ... }` and `${self:custom.stage}`: a function is named by its key, or by `name`',
    ephemeralStorageSize: 'expected nothing: /tmp is the disk of this computer; remove it',
    ...named(
      'httpApi apiGateway websocketsApiName websocketsApiRouteSelectionExpression alb websocketsDescription',
      'expected `url: true` at a function; API Gateway and load balancers are not supported by this version',
    ),
    ...named('eventBridge s3 ecr', 'expected functions, queues and schedules only'),
    reservedConcurrency: 'expected `reservedConcurrency` at each function, and `accountConcurrency` here',
  },
  'functions/*': {
    ...named(
      'package role tags vpc kmsKeyArn awsKmsKeyArn logDataProtectionPolicy disableLogs architecture fileSystemConfig versionFunction condition dependsOn runtimeManagement snapStart iamRoleStatements iamRoleStatementsName iamRoleStatementsInherit warmup alarms prune build',
      NO_EFFECT,
    ),
    concurrencyAutoscaling: 'expected `provisionedConcurrency` with a number: it does not change by itself',
    image: 'expected `handler: file.export`: container images are not supported',
    ephemeralStorageSize: 'expected nothing: /tmp is the disk of this computer; remove it',
    tenantIsolation: 'expected `isolation: process` for a process of its own; tenants are not supported',
    durableConfig: 'expected a plain function: durable execution is not supported',
  },
  'provider/logs': named('restApi httpApi websocket frameworkLambda', NO_EFFECT),
  'provider/tracing': named('apiGateway', NO_EFFECT),
  'layers/*': named(
    'compatibleRuntimes compatibleArchitectures licenseInfo allowedAccounts retain package condition dependsOn',
    NO_EFFECT,
  ),
  'functions/*/url': {
    authorizer:
      'expected a URL that anybody on this computer may call: signatures (`aws_iam`) are not checked by this version',
  },
  'functions/*/events/*/sqs': {
    filterCriteria: 'expected `filterPatterns`, a list of patterns',
    functionResponseTypes: 'expected `functionResponseType: ReportBatchItemFailures`',
    scalingConfig: 'expected `maximumConcurrency`',
    ...named(
      'maximumPollers minimumPollers',
      'expected `provisionedPollerConfig: { minimumPollers: 2, maximumPollers: 200 }`',
    ),
    metrics: 'expected `metricsConfig: { metrics: [EventCount] }`',
    ...named('kmsKeyArn tags', NO_EFFECT),
  },
  'functions/*/events/*/stream': {
    filterCriteria: 'expected `filterPatterns`, a list of patterns',
    functionResponseTypes: 'expected `functionResponseType: ReportBatchItemFailures`',
    destinationConfig: 'expected `destinations: { onFailure: sqs:name }`',
    maximumBatchingWindowInSeconds: 'expected `batchWindow`',
    consumerName: 'expected `consumer`, the name of a consumer',
    metrics: 'expected `metricsConfig: { metrics: [EventCount] }`',
    ...named(
      'maximumConcurrency scalingConfig provisionedPollerConfig',
      'expected `parallelizationFactor`: a stream has so many batches at once for each shard',
    ),
    ...named('kmsKeyArn tags', NO_EFFECT),
  },
  'resources/streams/*': {
    retentionPeriodHours: 'expected `retention: 24h`',
    shardCount: 'expected `shards: 2`',
    streamModeDetails: 'expected `mode: provisioned` or `mode: onDemand`',
    ...named('streamEncryption tags desiredShardLevelMetrics', NO_EFFECT),
  },
  'functions/*/events/*/kafka': {
    ...KAFKA_REFUSED,
    saslPlainAuth: 'expected `accessConfigurations: { saslPlainAuth: ARN }`',
  },
  'functions/*/events/*/kafka/accessConfigurations': {
    ...named('vpcSubnet vpcSecurityGroup', NO_EFFECT),
    ...named(
      'clientCertificateTlsAuth serverRootCaCertificate',
      'expected `saslPlainAuth`, `saslScram256Auth`, `saslScram512Auth` or nothing: certificates are not supported by this version',
    ),
  },
  'functions/*/events/*/msk': KAFKA_REFUSED,
  'functions/*/events/*/rabbitmq': QUEUE_BROKER_REFUSED,
  'functions/*/events/*/activemq': QUEUE_BROKER_REFUSED,
  'functions/*/events/*/schedule': {
    ...named('inputPath inputTransformer', 'expected `input`, the event that the function gets'),
    ...named(
      'method timezone startDate endDate flexibleTimeWindow roleArn groupName',
      'expected a rule of EventBridge, in UTC: EventBridge Scheduler is not supported by this version',
    ),
  },
  resources: {
    tables:
      'expected `queues`, `streams`, `topics`, `buses` or `buckets`: tables are not hosted by this version; `endpoints.dynamodb` says where they are',
    ...named(
      'Resources Outputs Conditions Parameters Mappings extensions AWSTemplateFormatVersion Description',
      'expected `queues`, `streams`, `topics`, `buses` or `buckets`: CloudFormation templates are not read by this version',
    ),
  },
  'resources/topics/*': {
    ...named(
      'fifo contentBasedDeduplication fifoThroughputScope',
      'expected a standard topic: FIFO topics are not supported by this version',
    ),
    subscription: 'expected `- sns: NAME` under the `events` of the function that listens',
    ...named('policy kmsMasterKeyId tracingConfig signatureVersion deliveryPolicy tags', NO_EFFECT),
  },
  'resources/queues/*': {
    ...named('redriveAllowPolicy policy kmsMasterKeyId kmsDataKeyReusePeriod sqsManagedSse tags', NO_EFFECT),
    redrivePolicy: 'expected `redrive: { queue: name, maxReceiveCount: 3 }`',
  },
}

/** Kinds of events of the Serverless Framework, and of our own to come. */
const KNOWN_EVENTS = new Set(
  's3 sns eventBridge cloudwatchEvent cloudwatchLog stream kinesis dynamodb http httpApi websocket alb cognitoUserPool alexaSkill alexaSmartHome iot iotFleetProvisioning kafka msk activemq rabbitmq cloudFront ses lex firehose config codeCommit cloudFormation iotButton connect appSync documentDb secretsManager scheduler sqs schedule'.split(
    ' ',
  ),
)

const KNOWN_RUNTIMES =
  /^(nodejs([0-9.]+x?|4\.3)?|python[23]\.\d+|java\d+(\.al2)?|dotnet(core)?\d+(\.\d+)?|go1\.x|ruby\d\.\d|provided(\.al\d+)?|rust\S*)$/

export function refuseKey(path: Path, key: string): Refusal | undefined {
  if (pathKey(path) === 'resources/topics' && key.endsWith('.fifo'))
    return {
      message: `the FIFO topic \`${key}\` is not supported by this version`,
      hint: 'expected a standard topic, with a name that does not end in `.fifo`',
    }
  const keys = REFUSED_KEYS[pathKey(path)] ?? {}
  const hint = Object.hasOwn(keys, key) ? keys[key] : undefined
  return hint === undefined ? undefined : { message: `\`${key}\` is not supported by this version`, hint }
}

/** A kind of event that exists, but not here; `undefined` for one that exists nowhere. */
export function refuseEvent(kind: string, supported: readonly string[]): Refusal | undefined {
  if (!KNOWN_EVENTS.has(kind)) return undefined
  const names = supported.map((name) => `\`${name}\``).join(', ')
  if (kind === 'documentDb')
    return {
      message: '`documentDb` events are not supported by this version',
      hint: `expected one of ${names}: there is no DocumentDB to read here; a test can invoke the function with such an event`,
    }
  const instead =
    kind === 'http' || kind === 'httpApi' ? '; `url: true` gives the function an HTTP address' : ''
  return {
    message: `\`${kind}\` events are not supported by this version`,
    hint: `expected one of ${names}${instead}`,
  }
}

export function refuseValue(path: Path, node: ScalarNode): Refusal | undefined {
  const key = pathKey(path)
  if (key === 'provider/runtime' || key === 'functions/*/runtime') return refusedRuntime(node)
  if (/^(provider|functions\/\*)\/environment\/[^/]+$/.test(key) && node.value === null) {
    const message = `${label(path)} cannot be nothing`
    return { message, hint: "expected a value; write `''` for an empty one" }
  }
  return path.length === 2 && path[0] === 'endpoints' ? refusedEndpoint(String(path[1]), node) : undefined
}

function refusedRuntime(node: ScalarNode): Refusal | undefined {
  const { text } = node
  if (!KNOWN_RUNTIMES.test(text) || RUNTIMES.test(text)) return undefined
  const guess = text.startsWith('nodejs')
    ? didYouMean(text, ['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'])
    : ''
  const hint = `supported: ${RUNTIME_FAMILIES}${guess && `; ${guess}`}`
  return { message: `runtime ${text} is not supported by this version`, hint }
}

function refusedEndpoint(service: string, node: ScalarNode): Refusal | undefined {
  const isHosted = (HOSTED_SERVICES as readonly string[]).includes(service)
  const mayBeElsewhere = (FOREIGN_SERVICES as readonly string[]).includes(service)
  if (mayBeElsewhere && (isHosted || node.value !== 'embedded')) return undefined
  if (node.value === 'aws') {
    const hint = isHosted ? 'expected `embedded`' : 'expected the URL of a service on this computer'
    return {
      message: `calls of \`${service}\` to real AWS (\`aws\`) are not supported by this version`,
      hint,
    }
  }
  if (isHosted && node.value !== 'embedded') {
    const message = `\`${service}\` at another endpoint is not supported by this version`
    return { message, hint: 'expected `embedded`: the service is hosted here' }
  }
  if (!isHosted && node.value === 'embedded') {
    const hint = `expected ${mayBeElsewhere ? '`aws` or ' : ''}a URL; hosted here: ${HOSTED_SERVICES.map((name) => `\`${name}\``).join(', ')}`
    return { message: `\`${service}\` is not hosted by this version`, hint }
  }
  return undefined
}

function pathKey(path: Path): string {
  return path.map((step, index) => (isName(path, index) ? '*' : step)).join('/')
}

/** Function keys, names of resources and positions in lists are the user's own. */
function isName(path: Path, index: number): boolean {
  if (index === 1 && (path[0] === 'functions' || path[0] === 'layers')) return true
  if (index === 2 && path[0] === 'resources') return true
  return index === 3 && path[0] === 'functions' && path[2] === 'events'
}

function named(keys: string, hint: string): Record<string, string> {
  return Object.fromEntries(keys.split(' ').map((key) => [key, hint]))
}
