import type { Clock, Ids } from '../../../system/index.ts'
import type { Operation, RequestContext } from '../../operation.ts'
import type { LambdaBackend } from '../backend.ts'
import { refuse } from '../constraints.ts'
import * as errors from '../errors.ts'
import { readFunctionName } from '../functionName.ts'
import { type PageInput, pageOf, pageViolations } from '../page.ts'
import { type FunctionRegistry, LATEST } from '../registry.ts'
import { checkCreate, checkUpdate, type CreateInput, type UpdateInput } from './input.ts'
import {
  type EventSourceMapping,
  isSameTarget,
  type MappingHost,
  type MappingTarget,
  type TransientState,
} from './mapping.ts'
import type { MappingRegistry } from './mappingRegistry.ts'
import {
  checkDestination,
  checkQueueSettings,
  checkSupported,
  defaultSettings,
  settingsAfter,
} from './readSettings.ts'
import { shown } from './shown.ts'
import { checkStartingPosition, notHosted, sourceKindOf } from './sourceKind.ts'
import { checkTags } from './tags.ts'

export interface MappingDependencies {
  readonly backend: LambdaBackend
  readonly functions: FunctionRegistry
  readonly registry: MappingRegistry
  readonly host: MappingHost
  readonly clock: Clock
  readonly ids: Ids
}

interface OneInput {
  readonly UUID: string
}

interface ListInput extends PageInput {
  readonly EventSourceArn?: string
  readonly FunctionName?: string
}

const MOST_ASKED_FOR = 10_000
const LARGEST_PAGE = 100

/**
 * The operations on event source mappings (Lambda API reference, `CreateEventSourceMapping` and its like). A change is
 * answered with the state that it goes through, and is carried out at once.
 */
export function createMappingOperations(on: MappingDependencies) {
  const { registry, host, clock } = on

  /** The function and qualifier that a name means; both must be there. */
  function target(name: string, context: RequestContext): Pick<MappingTarget, 'functionName' | 'qualifier'> {
    const { name: functionName, qualifier = null } = readFunctionName(name, undefined, context)
    const isThere =
      on.backend.describe(functionName) !== undefined &&
      on.functions.hasQualifier(functionName, qualifier ?? LATEST)
    if (!isThere) throw errors.invalidParameterValue('Function does not exist')
    return { functionName, qualifier }
  }

  function timeoutSecondsOf({ functionName, qualifier }: MappingTarget): number {
    const version = on.functions.pickVersion(functionName, qualifier ?? LATEST, () => 1) ?? LATEST
    const about = on.functions.version(functionName, version)?.about ?? on.backend.describe(functionName)
    return about?.timeoutSeconds ?? 0
  }

  async function checkQueue(mapping: MappingTarget, isNeeded: boolean): Promise<void> {
    const queue = await host.queue(mapping.eventSourceArn)
    if (!queue) {
      if (!isNeeded) return
      throw errors.invalidParameterValue(
        'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
      )
    }
    const { visibilityTimeoutSeconds: visibility } = queue
    const timeout = timeoutSecondsOf(mapping)
    if (timeout > visibility)
      throw errors.invalidParameterValue(
        `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeout} seconds`,
      )
  }

  function checkDuplicate(mapping: MappingTarget, uuid?: string): void {
    const other = registry.list().find((one) => one.uuid !== uuid && isSameTarget(one, mapping))
    if (other)
      throw errors.resourceConflict(
        `An event source mapping with SQS arn (" ${other.eventSourceArn} ") and function (" ${other.functionName} ") already exists. Please update or delete the existing mapping with UUID ${other.uuid}`,
      )
  }

  function existing({ UUID }: OneInput): EventSourceMapping {
    const mapping = registry.get(UUID)
    if (!mapping) throw errors.resourceNotFound('The resource you requested does not exist.')
    return mapping
  }

  function checkNotInUse({ uuid }: EventSourceMapping, verb: 'update' | 'delete'): void {
    if (registry.isInUse(uuid))
      throw errors.resourceInUse(`Cannot ${verb} the event source mapping because it is in use.`)
  }

  /** Carries a change out, and answers what is to be seen until that is done. */
  function begin(mapping: EventSourceMapping, state: TransientState, context: RequestContext): object {
    registry.during(mapping, state, host.follow(mapping.uuid))
    return shown(mapping, state, context)
  }

  const create: Operation<CreateInput> = async (input, context) => {
    checkCreate(input)
    checkDestination(input)
    const kind = sourceKindOf(input)
    checkSupported(kind, input)
    checkStartingPosition(kind, input)
    const eventSourceArn = input.EventSourceArn ?? ''
    const settings = settingsAfter(defaultSettings, input)
    if (kind === 'sqs') checkQueueSettings(settings, eventSourceArn)
    const tags = checkTags(input.Tags)
    const joined = { ...target(input.FunctionName ?? '', context), eventSourceArn }
    if (kind !== 'sqs') throw notHosted(kind, eventSourceArn)
    await checkQueue(joined, true)
    return await registry.inTurn(async () => {
      checkDuplicate(joined)
      const mapping: EventSourceMapping = {
        ...joined,
        uuid: on.ids.uuid(),
        settings,
        kmsKeyArn: input.KMSKeyArn || null,
        tags,
        modifiedMs: clock.now(),
      }
      await registry.keep(mapping)
      if (settings.isEnabled) return begin(mapping, 'Creating', context)
      await host.follow(mapping.uuid)
      return shown(mapping, 'Disabled', context)
    })
  }

  /** The mapping as the request wants it, checked but for what has to be asked of others. */
  function updated(input: UpdateInput, context: RequestContext): EventSourceMapping {
    const before = existing(input)
    checkDestination(input)
    checkSupported('sqs', input)
    const settings = settingsAfter(before.settings, input)
    checkQueueSettings(settings, before.eventSourceArn)
    return {
      ...before,
      ...(input.FunctionName && target(input.FunctionName, context)),
      settings,
      kmsKeyArn: typeof input.KMSKeyArn === 'string' ? input.KMSKeyArn || null : before.kmsKeyArn,
      modifiedMs: clock.now(),
    }
  }

  const update: Operation<UpdateInput> = async (input, context) => {
    checkUpdate(input)
    const wanted = updated(input, context)
    if (wanted.settings.isEnabled) await checkQueue(wanted, false)
    return await registry.inTurn(async () => {
      // Once more: another change may have come first.
      const before = existing(input)
      const mapping = updated(input, context)
      checkDuplicate(mapping, mapping.uuid)
      checkNotInUse(before, 'update')
      await registry.keep(mapping)
      return begin(mapping, stateOfUpdate(before, mapping), context)
    })
  }

  const remove: Operation<OneInput> = (input, context) =>
    registry.inTurn(async () => {
      const mapping = existing(input)
      checkNotInUse(mapping, 'delete')
      await registry.remove(mapping)
      return begin(mapping, 'Deleting', context)
    })

  const get: Operation<OneInput> = (input, context) => {
    const mapping = existing(input)
    return shown(mapping, registry.state(mapping), context, { problem: host.problem(mapping.uuid) })
  }

  const list: Operation<ListInput> = (input, context) => {
    refuse(pageViolations(input, MOST_ASKED_FOR))
    const { EventSourceArn: arn, FunctionName: name } = input
    const wanted = name === undefined ? undefined : readFunctionName(name, undefined, context)
    const found = registry
      .list()
      .filter(
        (one) =>
          (arn === undefined || one.eventSourceArn === arn) &&
          (wanted === undefined || one.functionName === wanted.name) &&
          (wanted?.qualifier === undefined || one.qualifier === wanted.qualifier),
      )
    const { items, next } = pageOf(found, ({ uuid }) => uuid, input, LARGEST_PAGE)
    return {
      EventSourceMappings: items.map((one) =>
        shown(one, registry.state(one), context, { isListed: true, problem: host.problem(one.uuid) }),
      ),
      ...next,
    }
  }

  return {
    CreateEventSourceMapping: create,
    UpdateEventSourceMapping: update,
    DeleteEventSourceMapping: remove,
    GetEventSourceMapping: get,
    ListEventSourceMappings: list,
  }
}

function stateOfUpdate(before: EventSourceMapping, after: EventSourceMapping): TransientState {
  if (before.settings.isEnabled === after.settings.isEnabled) return 'Updating'
  return after.settings.isEnabled ? 'Enabling' : 'Disabling'
}
