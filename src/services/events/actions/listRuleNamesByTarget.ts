import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { busMember, checkMembers } from '../constraints.ts'
import { type PageInput, pageOf } from '../page.ts'
import { rulesInOrder } from './listRules.ts'

interface Input extends PageInput {
  readonly TargetArn?: string
  readonly EventBusName?: string
}

/** `ListRuleNamesByTarget`: of one bus. */
export const createListRuleNamesByTarget =
  (buses: Buses): Operation<Input> =>
  (input) => {
    checkMembers([
      { path: 'targetArn', value: input.TargetArn, isRequired: true, least: 1, most: 1_600 },
      busMember('eventBusName', input.EventBusName),
    ])
    const found = rulesInOrder(buses, input.EventBusName).filter(({ record }) =>
      record.targets.some(({ Arn }) => Arn === input.TargetArn),
    )
    const { page, next } = pageOf(found, ({ name }) => name, input)
    return { RuleNames: page.map(({ name }) => name), ...next }
  }
