import type { FunctionEvents } from '../functions/index.ts'
import type { Ledger } from '../system/index.ts'

/** What happens inside `functions/` becomes entries of the ledger. */
export const functionEvents = (ledger: Ledger): FunctionEvents => ({
  logLine({ functionName, logGroup, requestId, logStream, source, text }) {
    const line = { kind: 'logLine' as const, functionName, requestId, logStream, source, text }
    ledger.write(isOwnGroup(logGroup, functionName) ? line : { ...line, logGroup }, requestId)
  },
  environmentStarted: (fact) => ledger.write({ kind: 'environmentStarted', ...fact }),
  environmentEnded: (fact) => ledger.write({ kind: 'environmentEnded', ...fact }),
  deployed: (fact) => ledger.write({ kind: 'deployed', ...fact }),
  deployFailed: (fact) => ledger.write({ kind: 'deployFailed', ...fact }),
  executorCrashed: (fact) => ledger.write({ kind: 'executorCrashed', ...fact }),
})

const OWN = '/aws/lambda/'

/** Whether it is the group that every function has; without putting a name together for each line. */
const isOwnGroup = (logGroup: string, functionName: string): boolean =>
  logGroup === '' ||
  (logGroup.length === OWN.length + functionName.length &&
    logGroup.startsWith(OWN) &&
    logGroup.endsWith(functionName))
