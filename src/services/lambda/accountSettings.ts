import type { Operation } from '../operation.ts'
import type { LambdaBackend } from './backend.ts'
import type { FunctionRegistry } from './registry.ts'

/** An account's limits on code: 75 GiB in all, 250 MiB a function, 50 MiB of it in one upload. */
const TOTAL_CODE_BYTES = 80_530_636_800
const UNZIPPED_BYTES = 262_144_000
const ZIPPED_BYTES = 52_428_800

/** `GetAccountSettings`: the account's limits, and how much of them functions and their versions use. */
export const createGetAccountSettings =
  (backend: LambdaBackend, registry: FunctionRegistry): Operation<object> =>
  () => {
    const functions = backend.list()
    const reserved = functions.map(
      (one) => registry.reservedConcurrency(one.name, one.declared.reservedConcurrency) ?? 0,
    )
    const versions = functions.flatMap(({ name }) => registry.versions(name).map(({ about }) => about))
    const account = backend.accountConcurrency()
    return {
      AccountLimit: {
        TotalCodeSize: TOTAL_CODE_BYTES,
        CodeSizeUnzipped: UNZIPPED_BYTES,
        CodeSizeZipped: ZIPPED_BYTES,
        ConcurrentExecutions: account,
        UnreservedConcurrentExecutions: Math.max(0, account - sum(reserved)),
      },
      AccountUsage: {
        TotalCodeSize: sum([...functions, ...versions].map(({ codeBytes }) => codeBytes)),
        FunctionCount: functions.length,
      },
    }
  }

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
