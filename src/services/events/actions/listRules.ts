import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { busMember, checkMembers } from '../constraints.ts'
import { type PageInput, pageOf } from '../page.ts'
import { shownRule } from './describeRule.ts'

interface Input extends PageInput {
  readonly NamePrefix?: string
  readonly EventBusName?: string
}

/** `ListRules`: of one bus, by name. */
export const createListRules =
  (buses: Buses): Operation<Input> =>
  (input) => {
    checkMembers([busMember('eventBusName', input.EventBusName)])
    const found = rulesInOrder(buses, input.EventBusName).filter(({ name }) =>
      name.startsWith(input.NamePrefix ?? ''),
    )
    const { page, next } = pageOf(found, ({ name }) => name, input)
    return { Rules: page.map(shownRule), ...next }
  }

/** The rules of a bus in the order of their names. */
export const rulesInOrder = (buses: Buses, busNameOrArn: string | undefined) =>
  [...buses.named(busNameOrArn).rules.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
