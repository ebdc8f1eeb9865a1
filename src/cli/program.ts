import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { ClockFlags } from './commands/clock.ts'
import type { DemoFlags } from './commands/demo.ts'
import type { EventsFlags } from './commands/events.ts'
import type { FunctionsFlags } from './commands/functions.ts'
import type { InitFlags } from './commands/init.ts'
import type { InvokeFlags } from './commands/invoke.ts'
import type { LogsFlags } from './commands/logs.ts'
import type { PeekFlags } from './commands/queuePeek.ts'
import type { PurgeFlags } from './commands/queuePurge.ts'
import type { QueuesFlags } from './commands/queues.ts'
import type { SendFlags } from './commands/queueSend.ts'
import type { PutFlags } from './commands/streamPut.ts'
import type { StreamsFlags } from './commands/streams.ts'
import type { TailFlags } from './commands/streamTail.ts'
import type { RedriveFlags } from './commands/redrive.ts'
import type { ReplayFlags } from './commands/replay.ts'
import type { RunFlags } from './commands/run.ts'
import type { ValidateFlags } from './commands/validate.ts'
import { addAttribute, parseClock, parseCount, parseDelay, parseHost, parsePort } from './flags.ts'

const DEFAULT_PORT = 9000
const DEFAULT_LIMIT = 1_000
const DEFAULT_EVENTS = 50
const DEFAULT_PEEKED = 10

/** The command line. Each command is loaded when it is run: `--help` must not wait for what it does not need. */
export function createProgram(): Command {
  const program = new Command('lambent')
    .description("Runs AWS Lambda's invocation model on your own machine.")
    .version(version(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(see --help)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
  addRunCommands(program)
  addClientCommands(program)
  addHistoryCommands(program)
  addQueueCommands(program)
  addStreamCommands(program)
  addClockCommands(program)
  addProjectCommands(program)
  return program
}

function addRunCommands(program: Command): void {
  const commands = [
    ['dev', 'run lambda.yml, reload handlers and the file itself when they change', true],
    ['start', 'run lambda.yml without watching files', false],
  ] as const
  for (const [name, description, isWatching] of commands) {
    program
      .command(name)
      .description(description)
      .option('-c, --config <file>', 'the file to run', 'lambda.yml')
      .addOption(portOption('port to listen on, 0 for a free one'))
      .addOption(
        new Option('--host <address>', 'address to listen on').default('127.0.0.1').argParser(parseHost),
      )
      .addOption(new Option('--data <folder>', 'where data is kept (default: .lambent beside the file)'))
      .addOption(new Option('--ephemeral', 'keep everything in memory').conflicts('data'))
      .addOption(
        new Option('--recover', 'open a damaged data folder, with all that can be read').conflicts(
          'ephemeral',
        ),
      )
      .addOption(new Option('--clock <mode>', 'live, frozen, or a factor such as 60x').argParser(parseClock))
      .option('--inspect', 'let a debugger attach to handlers; suspends their timeouts')
      .option('--json', 'print one JSON object per line')
      .option('-q, --quiet', 'print only warnings and errors')
      .action(async (flags: RunFlags) => (await import('./commands/run.ts')).run(flags, isWatching))
  }
}

function addClientCommands(program: Command): void {
  program
    .command('invoke')
    .description('invoke a function of a running Lambent')
    .argument('<function>', "the function's name")
    .option('-e, --event <json|file|->', 'the event: JSON, a file, or - for standard input')
    .option('--async', 'put the event into the queue and do not wait')
    .addOption(new Option('--tail', 'print the end of the log as well').conflicts('async'))
    .option('--qualifier <name>', 'a version or an alias')
    .option('--client-context <json|file|->', 'what the handler gets as `context.clientContext`')
    .addOption(
      new Option('--stream', 'print what the handler writes as it comes').conflicts(['async', 'json']),
    )
    .addOption(portOption())
    .option('--json', 'print the whole answer as JSON')
    .action(async (name: string, flags: InvokeFlags) =>
      (await import('./commands/invoke.ts')).invoke(name, flags),
    )
  program
    .command('functions')
    .description('list functions: warm or cold, what runs, the last error')
    .argument('[function]', 'show all about this one')
    .addOption(portOption())
    .option('--json', 'print one JSON object per line')
    .action(async (name: string | undefined, flags: FunctionsFlags) =>
      (await import('./commands/functions.ts')).functions(name, flags),
    )
  program
    .command('logs')
    .description('show what happened in a running Lambent')
    .option('-f, --follow', 'go on with what happens')
    .option('--function <name>', 'only this function')
    .option('--invocation <id>', 'the whole life of one event (the id or its beginning)')
    .addOption(
      new Option('--limit <count>', 'how many entries to look back')
        .default(DEFAULT_LIMIT)
        .argParser(parseCount),
    )
    .addOption(portOption())
    .option('--json', 'print one JSON object per line')
    .action(async (flags: LogsFlags) => (await import('./commands/logs.ts')).logs(flags))
}

function addHistoryCommands(program: Command): void {
  program
    .command('events')
    .description('list what was invoked: outcome, attempts, where it went')
    .option('--failed', 'only what failed, waits for a retry, or was given up')
    .option('--function <name>', 'only this function')
    .option(
      '--since <duration|time>',
      'accepted since then: 90s, 5m, 2h, or a time such as 2026-03-01T14:00:00Z',
    )
    .addOption(
      new Option('--limit <count>', 'how many to show').default(DEFAULT_EVENTS).argParser(parseCount),
    )
    .option('-f, --follow', 'go on with each that comes to rest')
    .addOption(portOption())
    .option('--json', 'print one JSON object per line')
    .action(async (flags: EventsFlags) => (await import('./commands/events.ts')).events(flags))
  program
    .command('replay')
    .description('invoke again what was invoked before, as a new event')
    .argument('<id>', "the invocation's id, or its beginning")
    .addOption(new Option('--edit', 'change the event in $EDITOR first').conflicts('event'))
    .option('-e, --event <json|file|->', 'another event: JSON, a file, or - for standard input')
    .addOption(portOption())
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, flags: ReplayFlags) =>
      (await import('./commands/replay.ts')).replay(id, flags),
    )
}

function addQueueCommands(program: Command): void {
  program
    .command('queues')
    .description('list queues: messages, dead-letter queue, who reads them')
    .addOption(portOption())
    .option('--json', 'print one JSON object per line')
    .action(async (flags: QueuesFlags) => (await import('./commands/queues.ts')).queues(flags))
  const queue = program.command('queue').description('look into a queue, send to it, empty it')
  queue
    .command('peek')
    .description('show the first messages without receiving them')
    .argument('<queue>', "the queue's name")
    .addOption(
      new Option('--limit <count>', 'how many to show').default(DEFAULT_PEEKED).argParser(parseCount),
    )
    .addOption(portOption())
    .option('--json', 'print one JSON object per line')
    .action(async (name: string, flags: PeekFlags) =>
      (await import('./commands/queuePeek.ts')).peek(name, flags),
    )
  queue
    .command('send')
    .description('send a message')
    .argument('<queue>', "the queue's name")
    .argument('<body|@file|->', 'the body, a file that holds it, or - for standard input')
    .addOption(
      new Option('--attribute <name=value>', 'a message attribute; may be given again').argParser(
        addAttribute,
      ),
    )
    .addOption(new Option('--delay <duration>', 'deliver it later: 90s, 5m').argParser(parseDelay))
    .option('--group <id>', 'its message group')
    .option('--dedup <id>', 'its deduplication id')
    .addOption(portOption())
    .option('--json', "print SQS's answer")
    .action(async (name: string, body: string, flags: SendFlags) =>
      (await import('./commands/queueSend.ts')).send(name, body, flags),
    )
  queue
    .command('purge')
    .description('remove all messages')
    .argument('<queue>', "the queue's name")
    .option('-y, --yes', 'do not ask')
    .addOption(portOption())
    .option('--json', 'print the result as JSON')
    .action(async (name: string, flags: PurgeFlags) =>
      (await import('./commands/queuePurge.ts')).purge(name, flags),
    )
  addRedrive(queue)
  addRedrive(program)
}

function addStreamCommands(program: Command): void {
  program
    .command('streams')
    .description('list streams: shards, records, who reads them and how far behind')
    .argument('[stream]', 'show the shards of this one')
    .addOption(portOption())
    .option('--json', 'print one JSON object per line')
    .action(async (name: string | undefined, flags: StreamsFlags) =>
      (await import('./commands/streams.ts')).streams(name, flags),
    )
  const stream = program.command('stream').description('put records into a stream, watch them go by')
  stream
    .command('put')
    .description('put a record')
    .argument('<stream>', "the stream's name")
    .argument('<data|@file|->', 'the data, a file that holds it, or - for standard input')
    .option('--key <text>', 'its partition key; without one all records have the same')
    .option('--hash <number>', 'the hash key that chooses the shard, in place of the partition key')
    .addOption(portOption())
    .option('--json', "print Kinesis's answer")
    .action(async (name: string, data: string, flags: PutFlags) =>
      (await import('./commands/streamPut.ts')).put(name, data, flags),
    )
  stream
    .command('tail')
    .description('show records as they come')
    .argument('<stream>', "the stream's name")
    .option('--all', 'begin with the oldest record that is there')
    .option('--shard <id>', 'only this shard')
    .addOption(portOption())
    .option('--json', 'print one JSON object per line')
    .action(async (name: string, flags: TailFlags) =>
      (await import('./commands/streamTail.ts')).tail(name, flags),
    )
}

/** `lambent queue redrive`, and `lambent redrive` for short. */
function addRedrive(parent: Command): void {
  parent
    .command('redrive')
    .description('move messages out of a dead-letter queue, back to where they came from')
    .argument('<queue>', 'the dead-letter queue')
    .option('--to <queue>', 'move them here instead')
    .addOption(new Option('--max <count>', 'move at most so many').argParser(parseCount))
    .addOption(portOption())
    .option('--json', 'print the result as JSON')
    .action(async (queue: string, flags: RedriveFlags) =>
      (await import('./commands/redrive.ts')).redrive(queue, flags),
    )
}

function addClockCommands(program: Command): void {
  const clock = program
    .command('clock')
    .description('show or move the clock of a running Lambent')
    .usage('[options] [command]')
    .addOption(portOption())
    .option('--json', 'print the answer as JSON')
    .action(async (flags: ClockFlags) => (await import('./commands/clock.ts')).showClock(flags))
  clock
    .command('advance')
    .description('move time forward; whatever falls due on the way runs')
    .argument('<duration>', '90s, 5m, 1h30m, 2d')
    .action(async (by: string, _own: unknown, command: Command) =>
      (await import('./commands/clock.ts')).advanceClock(by, command.optsWithGlobals<ClockFlags>()),
    )
  clock
    .command('next')
    .description('run the next timer, whenever it is due')
    .action(async (_own: unknown, command: Command) =>
      (await import('./commands/clock.ts')).nextTimer(command.optsWithGlobals<ClockFlags>()),
    )
}

function addProjectCommands(program: Command): void {
  program
    .command('validate')
    .description('check a file without running it')
    .argument('[file]', 'the file to check', 'lambda.yml')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, flags: ValidateFlags) =>
      (await import('./commands/validate.ts')).validateFile(file, flags),
    )
  program
    .command('init')
    .description('write a starter project')
    .argument('[template]', 'hello, queue-worker, python-worker or stream-totals', 'hello')
    .option('-d, --directory <folder>', 'where to write it', '.')
    .action(async (template: string, flags: InitFlags) =>
      (await import('./commands/init.ts')).init(template, flags),
    )
  program
    .command('demo')
    .description('play a short scene: a queue, a failing message, retries, dead letters')
    .option('--once', 'end after the scene')
    .action(async (flags: DemoFlags) => (await import('./commands/demo.ts')).demo(flags))
}

const portOption = (description = 'port of the running Lambent'): Option =>
  new Option('-p, --port <port>', description).default(DEFAULT_PORT).argParser(parsePort)

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
