import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { busMember, checkMembers, ruleNameMember } from '../constraints.ts'
import { validation } from '../errors.ts'
import type { RuleInput } from './describeRule.ts'

/** `DeleteRule`: only without targets; a rule that is not there is as good as deleted. `Force` is for managed rules. */
export const createDeleteRule =
  (buses: Buses): Operation<RuleInput & { readonly Force?: boolean }> =>
  async ({ Name, EventBusName, Force }) => {
    checkMembers([ruleNameMember('name', Name), busMember('eventBusName', EventBusName)])
    const rule = buses.named(EventBusName).rules.get(Name ?? '')
    if (!rule) return
    if (rule.targets.length > 0 && Force !== true)
      throw validation("Rule can't be deleted since it has targets.")
    await buses.removeRule(rule)
  }
