import { asyncAccept } from './asyncAccept.mjs'
import { asyncOutcomes } from './asyncOutcomes.mjs'
import { burst } from './burst.mjs'
import { coldStart } from './coldStart.mjs'
import { depth } from './depth.mjs'
import { failurePath } from './failurePath.mjs'
import { manyFunctions } from './manyFunctions.mjs'
import { mapping } from './mapping.mjs'
import { memory } from './memory.mjs'
import { python } from './python.mjs'
import { queueWire } from './queueWire.mjs'
import { reload } from './reload.mjs'
import { startUp } from './startUp.mjs'
import { streamMapping } from './streamMapping.mjs'
import { streamWire } from './streamWire.mjs'
import { streaming } from './streaming.mjs'
import { wakeUp } from './wakeUp.mjs'
import { warmInvoke } from './warmInvoke.mjs'

/** What `--only` can name, in the order of the table. */
export const rows = {
  invoke: warmInvoke,
  start: startUp,
  cold: coldStart,
  python,
  streaming,
  many: manyFunctions,
  reload,
  burst,
  sqs: queueWire,
  async: asyncAccept,
  outcomes: asyncOutcomes,
  depth,
  mapping,
  wake: wakeUp,
  kinesis: streamWire,
  streams: streamMapping,
  failure: failurePath,
  memory,
}
