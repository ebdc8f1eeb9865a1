import { type Operation, type RequestContext, ServiceError } from '../../operation.ts'
import { matching, refuse, typed } from '../constraints.ts'
import * as errors from '../errors.ts'
import type { EventSourceMapping } from './mapping.ts'
import type { MappingRegistry } from './mappingRegistry.ts'
import { mappingArn } from './shown.ts'

interface ResourceInput {
  readonly Resource: string
}

interface TagInput extends ResourceInput {
  readonly Tags?: Readonly<Record<string, string>> | null
}

interface UntagInput extends ResourceInput {
  readonly TagKeys?: readonly string[]
}

type Tags = Readonly<Record<string, string>>

const RESOURCE = String.raw`arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`
const resource =
  /^arn:aws[a-zA-Z-]*:lambda:(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d:\d{12}:(?:function:[\w-]+(?::(?:\$LATEST|[\w-]+))?|layer:[\w-]+|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:(?:[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12})|capacity-provider:[\w-]+)$/

const MOST_TAGS = 50

/** `TagResource`, `UntagResource` and `ListTags`, for event source mappings. */
export function createTagOperations(registry: MappingRegistry) {
  function find({ Resource: arn }: ResourceInput, context: RequestContext): EventSourceMapping {
    refuse(matching('resource', arn, RESOURCE, resource))
    const [, , , , , kind, uuid = ''] = arn.split(':')
    if (kind !== 'event-source-mapping')
      throw new ServiceError(
        'UnknownOperationException',
        `Tags are supported on event source mappings only, not on a ${kind}.`,
        { status: 501 },
      )
    const mapping = registry.wanted(uuid)
    if (!mapping || arn !== mappingArn(mapping.uuid, context))
      throw errors.resourceNotFound(`Event source mapping not found: ${arn}`)
    return mapping
  }

  const change = (
    input: ResourceInput,
    context: RequestContext,
    tagsAfter: (before: Tags) => Tags,
  ): Promise<object> =>
    registry.inTurn(async () => {
      const mapping = find(input, context)
      await registry.keep({ ...mapping, tags: tagsAfter(mapping.tags) })
      return {}
    })

  const tag: Operation<TagInput> = (input, context) =>
    change(input, context, (before) => checkTags({ ...before, ...checkTags(input.Tags) }))

  const untag: Operation<UntagInput> = (input, context) => {
    const gone = new Set(input.TagKeys)
    return change(input, context, (before) =>
      Object.fromEntries(Object.entries(before).filter(([key]) => !gone.has(key))),
    )
  }

  const list: Operation<ResourceInput> = (input, context) => ({ Tags: find(input, context).tags })

  return { TagResource: tag, UntagResource: untag, ListTags: list }
}

/** Tags as they came, checked; none when there are none. */
export function checkTags(tags: Tags | null | undefined): Tags {
  typed('Tags', tags, 'object')
  const entries = Object.entries(tags ?? {})
  for (const [, value] of entries) typed('Tags', value, 'string')
  if (entries.length > MOST_TAGS)
    throw errors.invalidParameterValue(`A resource has at most ${MOST_TAGS} tags.`)
  return tags ?? {}
}
