import { entryOf, nodeAt, pathOf } from '../nodes.ts'
import type { FunctionSpec } from '../types.ts'
import { below, type Rule, type RuleContext } from './rule.ts'

const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
  'AWS_LAMBDA_MAX_CONCURRENCY',
])
const RESERVED_FAMILIES = /^AWS_LAMBDA_(FUNCTION_|METADATA_|LOG_.*_NAME$)/
/** Lambda sets these by the function's logging configuration. */
const LOG_SETTINGS: ReadonlyMap<string, string> = new Map([
  ['AWS_LAMBDA_LOG_FORMAT', '`logs: { logFormat: JSON }`'],
  ['AWS_LAMBDA_LOG_LEVEL', '`logs: { logFormat: JSON, applicationLogLevel: DEBUG }`'],
])
const MOST_BYTES = 4096

/** The variables that Lambda sets itself cannot be given, and all together are small. */
export const environment: Rule = (context) => {
  for (const each of context.spec.functions) {
    for (const name of Object.keys(each.environment)) {
      if (LOG_SETTINGS.has(name) || RESERVED.has(name) || RESERVED_FAMILIES.test(name))
        reportReserved(name, each, context)
    }
    reportSize(each, context)
  }
}

function placeOf(name: string, { pointer }: FunctionSpec, { root }: RuleContext) {
  const own = entryOf(nodeAt(root, [...pathOf(pointer), 'environment']), name)
  const entry = own ?? entryOf(nodeAt(root, ['provider', 'environment']), name)
  return entry?.keyPlace ?? below(root, pointer)
}

function reportReserved(name: string, each: FunctionSpec, context: RuleContext): void {
  const message = `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${name}`
  const setting = LOG_SETTINGS.get(name)
  const hint = setting
    ? `expected ${setting} at the function: Lambda sets the variable by it`
    : `expected another name: Lambda sets \`${name}\` itself`
  context.report.problem(placeOf(name, each, context), message, hint)
}

function reportSize({ environment, pointer, key }: FunctionSpec, { root, report }: RuleContext): void {
  const bytes = Buffer.byteLength(JSON.stringify(environment))
  if (bytes <= MOST_BYTES) return
  const message = `the environment variables of \`${key}\` take ${bytes.toLocaleString('en')} bytes, more than Lambda's limit of 4 KB`
  report.problem(
    below(root, pointer, 'environment'),
    message,
    'expected at most 4,096 bytes, written as JSON',
  )
}
