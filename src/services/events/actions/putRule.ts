import type { Operation } from '../../operation.ts'
import { defaultBusName } from '../arns.ts'
import type { Buses } from '../buses.ts'
import { busMember, checkMembers, ruleNameMember } from '../constraints.ts'
import { validation } from '../errors.ts'
import { readPattern } from '../patternText.ts'
import { parseSchedule } from '../scheduleExpression.ts'
import { type SentTag, tagMembers, withTags } from '../tags.ts'

interface Input {
  readonly Name?: string
  readonly ScheduleExpression?: string
  readonly EventPattern?: string
  readonly State?: string
  readonly Description?: string
  readonly RoleArn?: string
  readonly Tags?: readonly SentTag[]
  readonly EventBusName?: string
}

const states = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']

/** `PutRule`: makes a rule, or puts another in its place; targets and tags of an existing rule stay. */
export const createPutRule =
  (buses: Buses): Operation<Input> =>
  async (input) => {
    const { Name = '', ScheduleExpression: schedule, EventPattern: pattern, Description, RoleArn } = input
    checkMembers([
      ruleNameMember('name', input.Name),
      { path: 'scheduleExpression', value: schedule, most: 256 },
      { path: 'eventPattern', value: pattern, most: 4_096 },
      { path: 'state', value: input.State, oneOf: states },
      { path: 'description', value: Description, most: 512 },
      { path: 'roleArn', value: RoleArn, least: 1, most: 1_600 },
      ...tagMembers(input.Tags),
      busMember('eventBusName', input.EventBusName),
    ])
    const bus = buses.named(input.EventBusName)
    const hasSchedule = schedule !== undefined && schedule !== ''
    const hasPattern = pattern !== undefined && pattern !== ''
    if (!hasSchedule && !hasPattern)
      throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.')
    if (hasSchedule && bus.name !== defaultBusName)
      throw validation('ScheduleExpression is supported only on the default event bus.')
    if (hasSchedule && typeof parseSchedule(schedule) === 'string')
      throw validation('Parameter ScheduleExpression is not valid.')
    if (hasPattern) readPattern(pattern)

    const { clock, limits } = buses.edges
    const existing = bus.rules.get(Name)?.record
    const keepsCounting = existing !== undefined && existing.schedule === schedule
    const rule = await buses.putRule(bus, Name, {
      ...(hasPattern && { pattern }),
      ...(hasSchedule && { schedule }),
      state: input.State ?? 'ENABLED',
      ...(Description !== undefined && { description: Description }),
      ...(RoleArn !== undefined && { roleArn: RoleArn }),
      tags: existing ? existing.tags : withTags({}, input.Tags, limits.tagsPerResource),
      targets: existing?.targets ?? [],
      ...(existing?.declaredTarget !== undefined && { declaredTarget: existing.declaredTarget }),
      createdMs: keepsCounting ? existing.createdMs : clock.now(),
    })
    return { RuleArn: rule.arn }
  }
