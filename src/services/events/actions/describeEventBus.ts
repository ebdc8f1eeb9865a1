import type { Operation } from '../../operation.ts'
import type { Bus, Buses } from '../buses.ts'
import { busMember, checkMembers } from '../constraints.ts'

/** `DescribeEventBus`: the default bus unless another is named. */
export const createDescribeEventBus =
  (buses: Buses): Operation<{ readonly Name?: string }> =>
  ({ Name }) => {
    checkMembers([busMember('name', Name)])
    const bus = buses.named(Name)
    return { ...shownBus(bus), ...bus.record.settings }
  }

/** A bus as lists show it. */
export const shownBus = ({ name, arn, record }: Bus): object => ({
  Name: name,
  Arn: arn,
  ...(record.settings['Description'] !== undefined && { Description: record.settings['Description'] }),
  CreationTime: record.createdMs / 1_000,
  LastModifiedTime: record.modifiedMs / 1_000,
})
