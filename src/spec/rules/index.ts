import type { Files } from '../files.ts'
import type { EventFragment } from '../schema/event.ts'
import { brokers } from './brokers.ts'
import { destinations } from './destinations.ts'
import { environment } from './environment.ts'
import { fifoQueues } from './fifoQueues.ts'
import { foreignQueues } from './foreignQueues.ts'
import { functionNames } from './functionNames.ts'
import { handlers } from './handlers.ts'
import { layers } from './layers.ts'
import { logs } from './logs.ts'
import { queueMappings } from './queueMappings.ts'
import { redrive } from './redrive.ts'
import { ruleNames } from './ruleNames.ts'
import { reservedConcurrency } from './reservedConcurrency.ts'
import type { RuleContext } from './rule.ts'
import { streamMappings } from './streamMappings.ts'
import { streams } from './streams.ts'

/** The second pass: all rules, over a spec that is filled in. */
export function runRules(context: RuleContext, fragments: readonly EventFragment[], files: Files): void {
  const rules = [
    functionNames,
    handlers(files),
    environment,
    layers(files),
    logs,
    reservedConcurrency,
    destinations,
    fifoQueues,
    redrive,
    foreignQueues,
    brokers,
    streams,
    ruleNames,
    queueMappings(fragments),
    streamMappings(fragments),
  ]
  for (const rule of rules) rule(context)
}
