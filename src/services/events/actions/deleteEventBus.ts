import type { Operation } from '../../operation.ts'
import { busNameIn, defaultBusName } from '../arns.ts'
import type { Buses } from '../buses.ts'
import { busMember, checkMembers } from '../constraints.ts'
import { validation } from '../errors.ts'

/** `DeleteEventBus`: not the default bus, not with rules on it; a bus that is not there is as good as deleted. */
export const createDeleteEventBus =
  (buses: Buses): Operation<{ readonly Name?: string }> =>
  async ({ Name }) => {
    checkMembers([{ ...busMember('name', Name), isRequired: true }])
    const name = busNameIn(buses.edges.identity, Name)
    if (name === defaultBusName) throw validation('Cannot delete event bus default.')
    const bus = buses.get(name)
    if (!bus) return
    if (bus.rules.size > 0) throw validation("Event bus can't be deleted since it has rules.")
    await buses.remove(bus)
  }
