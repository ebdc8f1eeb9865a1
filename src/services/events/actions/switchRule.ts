import type { Operation } from '../../operation.ts'
import type { Buses } from '../buses.ts'
import { namedRule, type RuleInput } from './describeRule.ts'

/** `EnableRule` and `DisableRule` */
export const createSwitchRule =
  (buses: Buses, state: 'ENABLED' | 'DISABLED'): Operation<RuleInput> =>
  async (input) => {
    await buses.changeRule(namedRule(buses, input), { state })
  }
