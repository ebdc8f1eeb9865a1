import { below, type Rule } from './rule.ts'

/** AWS keeps this much of the account's concurrency for functions that reserve none. */
const LEAST_UNRESERVED = 100

export const reservedConcurrency: Rule = ({ spec, root, report }) => {
  let left = spec.accountConcurrency
  for (const each of spec.functions) {
    const { reservedConcurrency: own, provisionedConcurrency } = each
    if (own !== null && (provisionedConcurrency ?? 0) > own) {
      const message =
        'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function'
      const hint = `expected at most ${own} here, its \`reservedConcurrency\``
      report.problem(below(root, each.pointer, 'provisionedConcurrency'), message, hint)
      continue
    }
    const reserved = own ?? provisionedConcurrency ?? 0
    if (reserved === 0) continue
    left -= reserved
    if (left >= LEAST_UNRESERVED) continue
    const what = own === null ? 'ConcurrentExecutions' : 'ReservedConcurrentExecutions'
    const message = `Specified ${what} for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`
    const most = Math.max(0, reserved - (LEAST_UNRESERVED - left))
    const hint = `expected at most ${most} here: the account has ${spec.accountConcurrency} (\`provider.accountConcurrency\`), and 100 stay unreserved`
    const key = own === null ? 'provisionedConcurrency' : 'reservedConcurrency'
    report.problem(below(root, each.pointer, key), message, hint)
    return
  }
}
