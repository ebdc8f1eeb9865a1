import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { busMember, checkMembers, ruleNameMember } from '../constraints.ts'
import type { Rule } from '../rule.ts'

export interface RuleInput {
  readonly Name?: string
  readonly EventBusName?: string
}

/** `DescribeRule` */
export const createDescribeRule =
  (buses: Buses): Operation<RuleInput> =>
  (input) => ({
    ...shownRule(namedRule(buses, input)),
    CreatedBy: buses.edges.identity.accountId,
  })

/** The rule that an input names. Throws AWS's errors. */
export function namedRule(buses: Buses, { Name, EventBusName }: RuleInput): Rule {
  checkMembers([ruleNameMember('name', Name), busMember('eventBusName', EventBusName)])
  return buses.rule(EventBusName, Name ?? '')
}

/** A rule as lists show it. */
export const shownRule = ({ name, arn, busName, record }: Rule): object => ({
  Name: name,
  Arn: arn,
  ...(record.pattern !== undefined && { EventPattern: record.pattern }),
  ...(record.schedule !== undefined && { ScheduleExpression: record.schedule }),
  State: record.state,
  ...(record.description !== undefined && { Description: record.description }),
  ...(record.roleArn !== undefined && { RoleArn: record.roleArn }),
  EventBusName: busName,
})
