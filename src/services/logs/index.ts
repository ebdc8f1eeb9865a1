import { compileLogPattern } from '../../patterns/index.ts'
import type { Operation } from '../operation.ts'
import type { Service } from '../service.ts'
import { type DeclaredGroup, declareGroups } from './declare.ts'
import { type Edges, Groups } from './groups.ts'
import type { Line } from './lineRing.ts'
import { notBuilt } from './notBuilt.ts'
import { eventOf } from './read.ts'
import { shapes } from './shapes.ts'

export type { DeclaredGroup } from './declare.ts'

/** One event of a function's log, as it is shown in this process. */
export interface PrintedEvent {
  readonly timestamp: number
  readonly logStreamName: string
  /** As CloudWatch shows it, with the end of the line. */
  readonly message: string
  readonly requestId: string | undefined
  /** Ascending, over all groups, from 1. */
  readonly sequence: number
}

/** CloudWatch Logs, hosted here: what functions print and what others put, to be read. */
export interface LogsService {
  readonly service: Service
  /** Takes a line of a function or of the platform; costs next to nothing. */
  note(line: Line): void
  /** Gives groups the retention that a spec declares; one that is not declared any more loses it. */
  declare(declared: readonly DeclaredGroup[]): Promise<void>
  /**
   * What was printed into a group since this process started, oldest first, as far back as it is at hand. Throws a
   * PatternError when `filterPattern` is none.
   */
  printed(group: string, filterPattern?: string): PrintedEvent[]
  /** Calls `listener` with the group of each line that comes. */
  subscribe(listener: (group: string) => void): () => void
  /** Reads the groups from the store again, after it and the history were emptied from outside. */
  reload(): void
}

/** Twice the largest upload: text may double when it is written as JSON. */
const maximumBodyBytes = 4 * 1024 * 1024

/** Creates CloudWatch Logs over a store and a history; its actions are loaded with the first call. */
export function createLogsService(edges: Edges): LogsService {
  const groups = new Groups(edges)
  let loaded: Promise<Record<string, Operation>> | undefined
  const load = (): Promise<Record<string, Operation>> =>
    (loaded ??= import('./operations.ts').then(({ operationsOf }) => operationsOf(groups)))
  const operations = Object.keys(shapes).map((name): [string, Operation] => [
    name,
    async (input, context) => (await load())[name]?.(input, context),
  ])
  return {
    service: {
      name: 'logs',
      operations: Object.fromEntries(operations),
      notBuilt,
      maximumBodyBytes,
      json: { target: 'Logs_20140328', version: '1.1', shapes, emptyAnswers: true },
    },
    note: (line) => groups.lines.note(line),
    declare: (declared) => declareGroups(groups, declared),
    printed(group, filterPattern = '') {
      const { matches } = compileLogPattern(filterPattern)
      return groups.lines
        .latest(group)
        .map(printedEvent)
        .filter(({ message }) => matches(message))
    },
    subscribe: (listener) => groups.lines.subscribe(listener),
    reload: () => groups.reload(),
  }
}

function printedEvent(line: Line): PrintedEvent {
  const { timestamp, message, sequence } = eventOf(line)
  return { timestamp, logStreamName: line.logStream, message, requestId: line.requestId, sequence }
}
