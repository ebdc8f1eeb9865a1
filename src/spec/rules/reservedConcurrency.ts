import { below, type Rule } from './rule.ts'

/** AWS keeps this much of the account's concurrency for functions that reserve none. */
const LEAST_UNRESERVED = 100

export const reservedConcurrency: Rule = ({ spec, root, report }) => {
  let left = spec.accountConcurrency
  for (const each of spec.functions) {
    const reserved = each.reservedConcurrency ?? 0
    if (reserved === 0) continue
    left -= reserved
    if (left >= LEAST_UNRESERVED) continue
    const message = `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`
    const most = Math.max(0, reserved - (LEAST_UNRESERVED - left))
    const hint = `expected at most ${most} here: the account has ${spec.accountConcurrency} (\`provider.accountConcurrency\`), and 100 stay unreserved`
    report.problem(below(root, each.pointer, 'reservedConcurrency'), message, hint)
    return
  }
}
