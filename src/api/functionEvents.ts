import type { FunctionEvents } from '../functions/index.ts'
import type { Ledger } from '../system/index.ts'

/** What happens inside `functions/` becomes entries of the ledger. */
export const functionEvents = (ledger: Ledger): FunctionEvents => ({
  logLine: ({ functionName, requestId, logStream, source, text }) =>
    ledger.write({ kind: 'logLine', functionName, requestId, logStream, source, text }, requestId),
  environmentStarted: (fact) => ledger.write({ kind: 'environmentStarted', ...fact }),
  environmentEnded: (fact) => ledger.write({ kind: 'environmentEnded', ...fact }),
  deployed: (fact) => ledger.write({ kind: 'deployed', ...fact }),
  deployFailed: (fact) => ledger.write({ kind: 'deployFailed', ...fact }),
  executorCrashed: (fact) => ledger.write({ kind: 'executorCrashed', ...fact }),
})
