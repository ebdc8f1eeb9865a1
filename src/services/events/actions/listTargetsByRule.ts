import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { busMember, checkMembers, ruleNameMember } from '../constraints.ts'
import { type PageInput, pageOf } from '../page.ts'
import type { TargetsInput } from './putTargets.ts'

/** `ListTargetsByRule`: by id. */
export const createListTargetsByRule =
  (buses: Buses): Operation<TargetsInput & PageInput> =>
  (input) => {
    checkMembers([ruleNameMember('rule', input.Rule), busMember('eventBusName', input.EventBusName)])
    const { targets } = buses.rule(input.EventBusName, input.Rule ?? '').record
    const inOrder = [...targets].sort((a, b) => (a.Id < b.Id ? -1 : 1))
    const { page, next } = pageOf(inOrder, ({ Id }) => Id, input)
    return { Targets: page, ...next }
  }
