import type { RequestContext } from '../../operation.ts'
import type { Tags } from '../accessRegistry.ts'
import * as errors from '../errors.ts'
import type { EventSourceMapping } from './mapping.ts'
import type { MappingRegistry } from './mappingRegistry.ts'
import { mappingArn } from './shown.ts'

/** The tags of the mapping that an ARN names; throws AWS's error when there is none. */
export const mappingTags = (registry: MappingRegistry, arn: string, context: RequestContext): Tags =>
  find(registry, arn, context).tags

/** Puts other tags in their place, in turn with everything else that changes mappings. */
export const changeMappingTags = (
  registry: MappingRegistry,
  arn: string,
  context: RequestContext,
  tagsAfter: (before: Tags) => Tags,
): Promise<void> =>
  registry.inTurn(async () => {
    const mapping = find(registry, arn, context)
    await registry.keep({ ...mapping, tags: tagsAfter(mapping.tags) })
  })

function find(registry: MappingRegistry, arn: string, context: RequestContext): EventSourceMapping {
  const mapping = registry.wanted(arn.split(':')[6] ?? '')
  if (!mapping || arn !== mappingArn(mapping.uuid, context))
    throw errors.resourceNotFound(`Event source mapping not found: ${arn}`)
  return mapping
}
