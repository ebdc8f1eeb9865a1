import type { Clock, Ids } from '../../../system/index.ts'
import type { Operation, RequestContext } from '../../operation.ts'
import type { LambdaBackend } from '../backend.ts'
import { refuse } from '../constraints.ts'
import * as errors from '../errors.ts'
import { readFunctionName } from '../functionName.ts'
import { type PageInput, pageOf, pageViolations } from '../page.ts'
import { type FunctionRegistry, LATEST } from '../registry.ts'
import { checkDocumentDb } from './brokerSettings.ts'
import { duplicateOf } from './duplicate.ts'
import { checkCreate, checkUpdate, type CreateInput, type UpdateInput } from './input.ts'
import {
  type DeclaredMapping,
  type EventSourceMapping,
  isSameMapping,
  type MappingHost,
  type MappingTarget,
  type TransientState,
} from './mapping.ts'
import type { MappingRegistry } from './mappingRegistry.ts'
import { checkSettings, newSettings, settingsAfter } from './readSettings.ts'
import { type RunningState, shown } from './shown.ts'
import { kindOf, notHosted, sourceKindOf } from './sourceKind.ts'
import { checkDestination, checkSupported, checkUpdatable } from './supported.ts'
import { checkTags } from '../tagLimits.ts'

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

  /** Whether what a new mapping is to read is there. */
  async function checkSource(mapping: DeclaredMapping): Promise<void> {
    const { settings, eventSourceArn } = mapping
    if (settings.kind === 'queue') return checkQueue(mapping, true)
    if (settings.kind === 'stream') {
      if (await host.stream(eventSourceArn ?? '')) return
      throw errors.invalidParameterValue(`Stream not found: ${eventSourceArn}`)
    }
    if (!(await host.broker({ ...mapping, settings }))) throw notHosted(settings.source)
  }

  async function checkQueue(mapping: MappingTarget, isNeeded: boolean): Promise<void> {
    const queue = await host.queue(mapping.eventSourceArn ?? '')
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

  function checkDuplicate(mapping: DeclaredMapping, context: RequestContext, uuid?: string): void {
    const other = registry.list().find((one) => one.uuid !== uuid && isSameMapping(one, mapping))
    if (other) throw duplicateOf(other, context)
  }

  function existing({ UUID }: OneInput): EventSourceMapping {
    const mapping = registry.get(UUID)
    if (!mapping) throw errors.noSuchResource()
    return mapping
  }

  function checkNotInUse({ uuid }: EventSourceMapping, verb: 'update' | 'delete'): void {
    if (registry.isInUse(uuid))
      throw errors.resourceInUse(`Cannot ${verb} the event source mapping because it is in use.`)
  }

  const running = (uuid: string): RunningState => ({
    problem: host.problem(uuid),
    lastProcessingResult: host.lastProcessingResult(uuid),
  })

  /** Carries a change out, and answers what is to be seen until that is done. */
  function begin(
    mapping: EventSourceMapping,
    state: TransientState,
    context: RequestContext,
    work = host.follow(mapping.uuid),
  ): object {
    registry.during(mapping, state, work)
    const { lastProcessingResult } = running(mapping.uuid)
    return shown(mapping, state, context, { lastProcessingResult })
  }

  /** What a new mapping would be, checked but for what has to be asked of others. */
  function wanted(input: CreateInput, context: RequestContext): DeclaredMapping {
    const kind = sourceKindOf(input)
    checkSupported(kind, input)
    const settings = newSettings(kind, input, clock.now())
    if (!settings) checkDocumentDb(input)
    const eventSourceArn = input.EventSourceArn ?? null
    if (settings) checkSettings(kind, settings, eventSourceArn)
    checkTags(input.Tags)
    const joined = { ...target(input.FunctionName ?? '', context), eventSourceArn }
    if (!settings) throw notHosted(kind)
    return { ...joined, settings }
  }

  const create: Operation<CreateInput> = async (input, context) => {
    checkCreate(input)
    checkDestination(input)
    const joined = wanted(input, context)
    await checkSource(joined)
    return await registry.inTurn(async () => {
      checkDuplicate(joined, context)
      const mapping: EventSourceMapping = {
        ...joined,
        uuid: on.ids.uuid(),
        kmsKeyArn: input.KMSKeyArn || null,
        tags: checkTags(input.Tags),
        modifiedMs: clock.now(),
      }
      await host.begin(mapping)
      await registry.keep(mapping)
      if (mapping.settings.isEnabled) return begin(mapping, 'Creating', context)
      await host.follow(mapping.uuid)
      return shown(mapping, 'Disabled', context)
    })
  }

  /** The mapping as the request wants it, checked but for what has to be asked of others. */
  function updated(input: UpdateInput, context: RequestContext): EventSourceMapping {
    const before = existing(input)
    checkDestination(input)
    const kind = kindOf(before)
    checkUpdatable(kind, input)
    const settings = settingsAfter(before, input)
    checkSettings(kind, settings, before.eventSourceArn)
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
    const after = updated(input, context)
    if (after.settings.kind === 'queue' && after.settings.isEnabled) await checkQueue(after, false)
    return await registry.inTurn(async () => {
      // Once more: another change may have come first.
      const before = existing(input)
      const mapping = updated(input, context)
      checkDuplicate(mapping, context, mapping.uuid)
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
      const gone = host.follow(mapping.uuid).then(() => host.forget(mapping.uuid))
      return begin(mapping, 'Deleting', context, gone)
    })

  const get: Operation<OneInput> = (input, context) => {
    const mapping = existing(input)
    return shown(mapping, registry.state(mapping), context, running(mapping.uuid))
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
        shown(one, registry.state(one), context, { isListed: true, ...running(one.uuid) }),
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
