import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { checkTarget, type SentTarget, targetMembers } from '../checkTarget.ts'
import { busMember, checkLength, checkMembers, ruleNameMember } from '../constraints.ts'
import { limitExceeded } from '../errors.ts'

export interface TargetsInput {
  readonly Rule?: string
  readonly EventBusName?: string
}

const lengths = [1, 100] as const

/** `PutTargets`: adds targets, or puts others in the place of those with the same ids. */
export const createPutTargets =
  (buses: Buses): Operation<TargetsInput & { readonly Targets?: readonly SentTarget[] }> =>
  async ({ Rule, EventBusName, Targets }) => {
    checkLength('targets', Targets, lengths, () => '[]')
    checkMembers([
      ruleNameMember('rule', Rule),
      busMember('eventBusName', EventBusName),
      ...(Targets ?? []).flatMap(targetMembers),
    ])
    const rule = buses.rule(EventBusName, Rule ?? '')
    const sent = (Targets ?? []).map(checkTarget)
    const targets = new Map([...rule.record.targets, ...sent].map((target) => [target.Id, target]))
    if (targets.size > buses.edges.limits.targetsPerRule) throw limitExceeded()
    await buses.changeRule(rule, { targets: [...targets.values()] })
    return { FailedEntryCount: 0, FailedEntries: [] }
  }
