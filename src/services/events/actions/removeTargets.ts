import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { busMember, checkLength, checkMembers, ruleNameMember, targetIdMember } from '../constraints.ts'
import type { TargetsInput } from './putTargets.ts'

interface Input extends TargetsInput {
  readonly Ids?: readonly string[]
}

const lengths = [1, 100] as const

/** `RemoveTargets`: ids that are not there are told of one by one. */
export const createRemoveTargets =
  (buses: Buses): Operation<Input> =>
  async ({ Rule, EventBusName, Ids }) => {
    checkLength('ids', Ids, lengths, () => '[]')
    const ids = Ids ?? []
    checkMembers([
      ruleNameMember('rule', Rule),
      busMember('eventBusName', EventBusName),
      ...ids.map((id, index) => targetIdMember(`ids.${index + 1}.member`, id)),
    ])
    const rule = buses.rule(EventBusName, Rule ?? '')
    const known = new Set(rule.record.targets.map(({ Id }) => Id))
    const targets = rule.record.targets.filter(({ Id }) => !ids.includes(Id))
    if (targets.length < known.size) await buses.changeRule(rule, { targets })
    const failed = ids
      .filter((id) => !known.has(id))
      .map((id) => ({
        TargetId: id,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Rule '${rule.name}' does not have a target with the Id '${id}'.`,
      }))
    return { FailedEntryCount: failed.length, FailedEntries: failed }
  }
