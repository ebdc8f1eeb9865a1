import { taskRootOf } from './processCode.ts'
import { layerVariables } from './layerVariables.ts'
import type { FunctionDefinition, Logging } from './types.ts'

/** What an execution environment needs from the machine; nothing else of the host's environment gets in. */
const HOST_VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LD_LIBRARY_PATH',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramFiles',
  'NUMBER_OF_PROCESSORS',
]

/** Credentials files of the host must not be found: a handler's calls never reach an account by accident. */
const NO_FILE = process.platform === 'win32' ? 'NUL' : '/dev/null'

/** What belongs to one execution environment. */
export interface EnvironmentIdentity {
  readonly region: string
  readonly logStream: string
  readonly accessKeyId: string
  readonly initializationType?: InitializationType
}

/** How an execution environment came to be. */
export type InitializationType = 'on-demand' | 'provisioned-concurrency'

/** The complete environment of a handler, as AWS sets it (invocation reference, section 3.6). */
export function environmentVariables(
  definition: FunctionDefinition,
  identity: EnvironmentIdentity,
  host: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    ...fromHost(host),
    ...layerVariables(definition, host),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    SHLVL: '0',
    PWD: taskRootOf(definition),
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'lambent',
    AWS_SESSION_TOKEN: 'lambent',
    AWS_SHARED_CREDENTIALS_FILE: NO_FILE,
    AWS_CONFIG_FILE: NO_FILE,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
    _AWS_XRAY_DAEMON_PORT: '2000',
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
    ...definition.environment,
    ...(definition.runtime.startsWith('provided')
      ? {}
      : { AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}` }),
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: definition.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: identity.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: identity.initializationType ?? 'on-demand',
    LAMBDA_TASK_ROOT: taskRootOf(definition),
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    _HANDLER: definition.handler,
    ...logVariables(definition.logging),
  }
}

/** The runtime writes JSON when it is told so; with text there is neither variable. */
const logVariables = ({ format, applicationLevel }: Logging): Record<string, string> =>
  format === 'JSON' ? { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: applicationLevel } : {}

/**
 * The environment of an executor process. Time zone and NODE_OPTIONS act on a whole process, so functions that differ
 * in them do not share one.
 */
export function executorVariables(
  environment: Readonly<Record<string, string>>,
  host: NodeJS.ProcessEnv,
): Record<string, string> {
  const { TZ = ':UTC', NODE_OPTIONS } = environment
  return {
    ...fromHost(host),
    LANG: 'en_US.UTF-8',
    TZ,
    ...(NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS }),
  }
}

function fromHost(host: NodeJS.ProcessEnv): Record<string, string> {
  const taken: Record<string, string> = {}
  for (const name of HOST_VARIABLES) {
    const value = host[name]
    if (value !== undefined) taken[name] = value
  }
  return taken
}
