import type { Ids } from '../../system/index.ts'
import { type Operation, type RequestContext, ServiceError } from '../operation.ts'
import type { Tags } from './accessRegistry.ts'
import type { LambdaBackend } from './backend.ts'
import { matching, refuse, required } from './constraints.ts'
import * as errors from './errors.ts'
import { changeMappingTags, type MappingRegistry, mappingTags } from './eventSourceMappings/index.ts'
import { readFunctionName } from './functionName.ts'
import type { FunctionRegistry } from './registry.ts'
import { checkTags, withoutTags, withTags } from './tagLimits.ts'
import { createTurns } from './turns.ts'

interface ResourceInput {
  readonly Resource: string
}

interface TagInput extends ResourceInput {
  readonly Tags?: Tags | null
}

interface UntagInput extends ResourceInput {
  readonly TagKeys?: readonly string[]
}

const RESOURCE = String.raw`arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`
const resource =
  /^arn:aws[a-zA-Z-]*:lambda:(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d:\d{12}:(?:function:[\w-]+(?::(?:\$LATEST|[\w-]+))?|layer:[\w-]+|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:(?:[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12})|capacity-provider:[\w-]+)$/

/** `TagResource`, `UntagResource` and `ListTags`, for functions and event source mappings. */
export function createTagOperations(
  backend: LambdaBackend,
  functions: FunctionRegistry,
  mappings: MappingRegistry,
  ids: Ids,
) {
  const inTurn = createTurns()

  /** The function that an ARN names. */
  function functionOf(arn: string, context: RequestContext): string {
    const reference = readFunctionName(arn, undefined, context)
    if (reference.qualifier !== undefined)
      throw errors.invalidParameterValue(
        'Tags on function aliases and versions are not supported. Please specify a function ARN.',
      )
    if (!backend.describe(reference.name)) throw errors.functionNotFound(reference.arn)
    return reference.name
  }

  async function change(
    { Resource: arn }: ResourceInput,
    context: RequestContext,
    tagsAfter: (before: Tags) => Tags,
  ): Promise<object> {
    if (kindOf(arn) === 'event-source-mapping') await changeMappingTags(mappings, arn, context, tagsAfter)
    else await inTurn(() => changeFunctionTags(functionOf(arn, context), tagsAfter))
    return {}
  }

  const changeFunctionTags = (name: string, tagsAfter: (before: Tags) => Tags): Promise<void> =>
    functions.keepTags(name, tagsAfter(functions.tags(name)), ids.uuid())

  const tag: Operation<TagInput> = (input, context) => {
    refuse(required('tags', input.Tags), resourceViolations(input))
    const more = checkTags(input.Tags)
    if (Object.keys(more).length === 0)
      throw errors.invalidParameterValue('An error occurred and the request cannot be processed.')
    return change(input, context, (before) => withTags(before, more))
  }

  const untag: Operation<UntagInput> = (input, context) => {
    const keys = input.TagKeys ?? []
    refuse(required('tagKeys', keys.length === 0 ? undefined : keys), resourceViolations(input))
    return change(input, context, (before) => withoutTags(before, keys))
  }

  const list: Operation<ResourceInput> = (input, context) => {
    refuse(resourceViolations(input))
    const { Resource: arn } = input
    return {
      Tags:
        kindOf(arn) === 'event-source-mapping'
          ? mappingTags(mappings, arn, context)
          : functions.tags(functionOf(arn, context)),
    }
  }

  return { TagResource: tag, UntagResource: untag, ListTags: list }
}

const resourceViolations = ({ Resource: arn }: ResourceInput): errors.Violation[] =>
  matching('resource', arn, RESOURCE, resource)

/** `function` or `event-source-mapping`; nothing else that has tags on AWS is here. */
function kindOf(arn: string): string {
  const kind = arn.split(':')[5] ?? ''
  if (kind === 'function' || kind === 'event-source-mapping') return kind
  throw new ServiceError(
    'UnknownOperationException',
    `Tags are supported on functions and event source mappings, not on a ${kind}.`,
    { status: 501 },
  )
}
