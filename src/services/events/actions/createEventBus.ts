import type { JsonObject } from '../../../system/index.ts'
import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { checkMembers } from '../constraints.ts'
import { busExists, notSupported, validation } from '../errors.ts'
import { type SentTag, tagMembers, withTags } from '../tags.ts'

interface Input {
  readonly Name?: string
  readonly EventSourceName?: string
  readonly Description?: string
  readonly KmsKeyIdentifier?: string
  readonly DeadLetterConfig?: JsonObject
  readonly LogConfig?: JsonObject
  readonly Tags?: readonly SentTag[]
}

/** `CreateEventBus`: a name once only, unlike a queue's. */
export const createCreateEventBus =
  (buses: Buses): Operation<Input> =>
  async (input) => {
    const { Name: name, EventSourceName, Tags, ...settings } = input
    checkMembers([
      {
        path: 'name',
        value: name,
        isRequired: true,
        least: 1,
        most: 256,
        pattern: String.raw`[/\.\-_A-Za-z0-9]+`,
      },
      { path: 'description', value: input.Description, most: 512 },
      ...tagMembers(Tags),
    ])
    if (EventSourceName !== undefined) throw notSupported('A partner event source')
    if (name === undefined || name.includes('/')) throw validation("Event bus name must not contain '/'.")
    if (buses.get(name)) throw busExists(name)
    const { arn } = await buses.create(name, settings, withTags({}, Tags, buses.edges.limits.tagsPerResource))
    return { EventBusArn: arn, ...settings }
  }
