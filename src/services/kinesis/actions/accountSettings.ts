import type { JsonObject } from '../../../system/index.ts'
import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { required } from '../members.ts'
import type { Streams } from '../streams.ts'

/** The billing commitment as it is kept. */
interface Commitment extends JsonObject {
  readonly startedMs: number
  /** When somebody asked to end it. */
  readonly disabledMs?: number
}

interface Input {
  readonly MinimumThroughputBillingCommitment: { readonly Status: string }
}

const table = 'kinesis/account'
const key = 'billingCommitment'
/** A commitment is for at least a day (Kinesis API Reference, `UpdateAccountSettings`). */
const LEAST_MS = 24 * 3_600_000

/** `DescribeAccountSettings`. */
export const createDescribeAccountSettings =
  (streams: Streams): Operation<object> =>
  () =>
    shown(streams)

/** `UpdateAccountSettings`: kept and shown; nobody pays here. */
export const createUpdateAccountSettings =
  (streams: Streams): Operation<Input> =>
  async ({ MinimumThroughputBillingCommitment: wanted }) => {
    check(wanted)
    const { store, clock } = streams.edges
    const commitment = commitmentOf(streams)
    const isOn = commitment !== undefined && statusOf(commitment, clock.now()) === 'ENABLED'
    if (wanted.Status === 'ENABLED' && !isOn) await store.set(table, key, { startedMs: clock.now() })
    if (wanted.Status === 'DISABLED' && isOn)
      await store.set(table, key, { ...commitment, disabledMs: clock.now() })
    return shown(streams)
  }

const path = 'minimumThroughputBillingCommitment'

const check = (wanted: Input['MinimumThroughputBillingCommitment'] | undefined): void =>
  checkMembers(
    wanted
      ? [required({ path: `${path}.status`, value: wanted.Status, oneOf: ['ENABLED', 'DISABLED'] })]
      : [required({ path, value: undefined })],
  )

const commitmentOf = ({ edges }: Streams): Commitment | undefined =>
  edges.store.get(table, key) as Commitment | undefined

const endOf = ({ startedMs, disabledMs }: Commitment): number =>
  disabledMs === undefined ? Infinity : Math.max(disabledMs, startedMs + LEAST_MS)

function statusOf(commitment: Commitment, nowMs: number): string {
  if (commitment.disabledMs === undefined) return 'ENABLED'
  return nowMs < endOf(commitment) ? 'ENABLED_UNTIL_EARLIEST_ALLOWED_END' : 'DISABLED'
}

function shown(streams: Streams): object {
  const commitment = commitmentOf(streams)
  if (!commitment) return { MinimumThroughputBillingCommitment: { Status: 'DISABLED' } }
  const status = statusOf(commitment, streams.edges.clock.now())
  return {
    MinimumThroughputBillingCommitment: {
      Status: status,
      StartedAt: commitment.startedMs / 1_000,
      ...(status === 'DISABLED'
        ? { EndedAt: endOf(commitment) / 1_000 }
        : { EarliestAllowedEndAt: (commitment.startedMs + LEAST_MS) / 1_000 }),
    },
  }
}
