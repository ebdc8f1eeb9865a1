import type { JsonObject, JsonValue } from '../../system/index.ts'
import { parseTemplate } from './inputTemplate.ts'
import { type JsonPath, parseJsonPath } from './jsonPath.ts'

/** What a target gets instead of the event, in the API's shape; at most one of them. */
export interface InputSettings {
  /** JSON text. */
  readonly Input?: string
  /** `$.detail.order` */
  readonly InputPath?: string
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>
    readonly InputTemplate?: string
  }
}

/** What a template may use beside its own paths. */
export interface InputCircumstances {
  readonly ruleArn: string
  readonly ruleName: string
  /** When the event came in, epoch milliseconds. */
  readonly nowMs: number
}

/** Makes the JSON text for a target; `undefined` when a template did not come out as JSON. */
export type TargetInput = (event: JsonObject, circumstances: InputCircumstances) => string | undefined

/** Input settings that AWS refuses. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

const mostPaths = 100

/** Compiles a target's input settings. Throws {@link InputError}. */
export function compileInput(targetId: string, settings: InputSettings): TargetInput {
  const { Input, InputPath, InputTransformer } = settings
  if ([Input, InputPath, InputTransformer].filter((each) => each !== undefined).length > 1)
    throw new InputError(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${targetId}.`,
    )
  if (Input !== undefined) {
    if (!isJson(Input)) throw new InputError(`JSON syntax error in input for target ${targetId}.`)
    return () => Input
  }
  if (InputPath !== undefined) {
    const path = pathOf(targetId, InputPath)
    return (event) => {
      const found = path.read(event)
      return JSON.stringify(found === undefined ? '' : found)
    }
  }
  return InputTransformer ? compileTransformer(targetId, InputTransformer) : (event) => JSON.stringify(event)
}

function compileTransformer(
  targetId: string,
  { InputPathsMap = {}, InputTemplate = '' }: NonNullable<InputSettings['InputTransformer']>,
): TargetInput {
  const paths = new Map(Object.entries(InputPathsMap).map(([name, path]) => [name, pathOf(targetId, path)]))
  if (paths.size > mostPaths)
    throw new InputError(`InputPathsMap for target ${targetId} holds more than ${mostPaths} paths.`)
  for (const name of paths.keys())
    if (name.toLowerCase().startsWith('aws'))
      throw new InputError(`InputPathsMap for target ${targetId} contains the reserved name ${name}.`)
  const template = parseTemplate(InputTemplate)
  for (const name of template.names)
    if (!paths.has(name) && !Object.hasOwn(predefined, name))
      throw new InputError(`InputTemplate for target ${targetId} contains invalid placeholder ${name}.`)
  return (event, circumstances) => {
    const text = template.fill((name) => {
      const path = paths.get(name)
      return path ? path.read(event) : predefined[name]?.(event, circumstances)
    })
    return isJson(text) ? text : undefined
  }
}

type Predefined = (event: JsonObject, circumstances: InputCircumstances) => JsonValue

const predefined: Readonly<Record<string, Predefined>> = {
  'aws.events.rule-arn': (_, { ruleArn }) => ruleArn,
  'aws.events.rule-name': (_, { ruleName }) => ruleName,
  'aws.events.event.ingestion-time': (_, { nowMs }) => new Date(nowMs).toISOString(),
  'aws.events.event.json': (event) => event,
  'aws.events.event': (event) =>
    Object.fromEntries(
      Object.entries(event)
        .filter(([key]) => key !== 'detail')
        .map(([key, value]) => [key === 'detail-type' ? 'detailType' : key, value]),
    ),
}

function pathOf(targetId: string, text: string): JsonPath {
  const path = parseJsonPath(text)
  if (!path) throw new InputError(`Invalid InputPath for target ${targetId} : ${text}`)
  return path
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
