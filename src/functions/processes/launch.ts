import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bootstrapsOf, taskRootOf } from '../processCode.ts'
import type { FunctionDefinition } from '../types.ts'
import { findProgram, isExecutable, isProgram } from './findProgram.ts'
import { findPython } from './python.ts'

/** How a function's runtime is started. */
export interface Launch {
  readonly kind: 'launch'
  readonly command: string
  readonly args: readonly string[]
  /** Beside what every environment has. */
  readonly variables: Readonly<Record<string, string>>
  /** It writes its log's entries into descriptor 3. */
  readonly hasLogPipe?: boolean
  /** Something to be said once: another version of the language than asked for. */
  readonly warning: string | undefined
}

/** It cannot be started: in AWS's words, and what to do about it. */
export interface NoLaunch {
  readonly kind: 'impossible'
  readonly errorType: string
  readonly message: string
  readonly advice: string
}

/** Where to look for programs: the PATH that the environment will have, and the machine's own variables. */
export interface Surroundings {
  readonly path: string
  readonly host: Readonly<Record<string, string | undefined>>
}

type Code = Pick<FunctionDefinition, 'runtime' | 'handler' | 'directory' | 'layers' | 'entryFile'>

/** The process for a function, by its runtime; looks at the disk, and may ask an interpreter for its version. */
export async function launchOf(code: Code, around: Surroundings): Promise<Launch | NoLaunch> {
  const { runtime } = code
  if (runtime.startsWith('provided')) return provided(code)
  if (runtime.startsWith('python')) return await python(code, around)
  if (runtime.startsWith('ruby')) return ruby(code, around)
  if (runtime.startsWith('java')) return java(code, around)
  if (runtime.startsWith('dotnet')) return dotnet(code, around)
  return impossible(`there is no way to run ${runtime} here`, `the runtime ${runtime} is not supported`)
}

/**
 * Puts the wrapper script of AWS_LAMBDA_EXEC_WRAPPER before the runtime (Lambda Developer Guide, "Modifying the runtime
 * environment"). OS-only runtimes do without, as on AWS.
 */
export function wrapped(launch: Launch, code: Code, wrapper: string | undefined): Launch | NoLaunch {
  if (wrapper === undefined || wrapper === '' || code.runtime.startsWith('provided')) return launch
  const file = localPath(wrapper, code)
  if (!isExecutable(file)) {
    const message = `fork/exec ${wrapper}: no such file or directory`
    return impossible(message, `AWS_LAMBDA_EXEC_WRAPPER: ${file} is not an executable file`)
  }
  return { ...launch, command: file, args: [launch.command, ...launch.args] }
}

/** `/opt` and `/var/task` as they are on AWS, found where they lie here. */
function localPath(path: string, code: Code): string {
  const [, root, rest = ''] = /^\/(opt|var\/task)\/(.*)$/.exec(path) ?? []
  if (root === 'var/task') return join(taskRootOf(code), rest)
  if (root !== 'opt') return path
  const candidates = code.layers.toReversed().map((layer) => join(layer, rest))
  return candidates.find((candidate) => existsSync(candidate)) ?? path
}

function provided(code: Code): Launch | NoLaunch {
  const candidates = bootstrapsOf(code)
  const command = candidates.find(isExecutable)
  if (command !== undefined && !isProgram(command)) {
    const advice = `${command} is no program: its first line has to be \`#!\` and an interpreter, unless it is compiled for this machine.`
    return impossible('fork/exec /var/task/bootstrap: exec format error', advice)
  }
  if (command !== undefined) return launch(command, [])
  const present = candidates.find((candidate) => existsSync(candidate))
  return impossible(
    "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
    present === undefined
      ? `There is no file ${candidates.join(' or ')}: an executable of that name is the runtime of a function with \`${code.runtime}\`.`
      : `${present} is not executable: \`chmod +x\` it.`,
  )
}

/** The client that Lambent brings: beside this file, or beside the bundle that this file is in; in a clone, in the sources. */
const PYTHON_BOOTSTRAPS = [
  '.',
  './processes',
  '../../src/functions/processes',
  '../../../src/functions/processes',
].map((folder) => fileURLToPath(new URL(`${folder}/bootstrap/python/bootstrap.py`, import.meta.url)))

async function python(code: Code, around: Surroundings): Promise<Launch | NoLaunch> {
  const found = await findPython(code, around)
  if (!found) {
    const advice = `${code.runtime} needs Python: install \`${code.runtime}\` (or any \`python3\`) so that it is on the PATH.`
    return impossible(`fork/exec /var/lang/bin/${code.runtime}: no such file or directory`, advice)
  }
  const bootstrap = PYTHON_BOOTSTRAPS.find((path) => existsSync(path)) ?? 'bootstrap.py'
  const wanted = code.runtime.replace('python', '')
  const warning =
    found.version === wanted
      ? undefined
      : `${code.runtime} runs with Python ${found.version} (${found.command}): there is no ${code.runtime} on the PATH.`
  return { ...launch(found.command, ['-u', bootstrap, code.handler]), warning }
}

function ruby(code: Code, around: Surroundings): Launch | NoLaunch {
  const client = findProgram('aws_lambda_ric', around.path)
  if (client !== undefined) return launch(client, [code.handler])
  const advice =
    findProgram('ruby', around.path) === undefined
      ? `${code.runtime} needs Ruby and its runtime client: install Ruby, then \`gem install aws_lambda_ric\`.`
      : `${code.runtime} needs its runtime client: \`gem install aws_lambda_ric\`.`
  return impossible('fork/exec /var/lang/bin/aws_lambda_ric: no such file or directory', advice)
}

const JAVA_CLIENT = 'aws-lambda-java-runtime-interface-client'

function java(code: Code, around: Surroundings): Launch | NoLaunch {
  const root = taskRootOf(code)
  const home = around.host['JAVA_HOME']
  const own = home === undefined ? undefined : join(home, 'bin', 'java')
  const command = own !== undefined && isExecutable(own) ? own : findProgram('java', around.path)
  if (command === undefined) {
    const advice = `${code.runtime} needs a Java runtime: install one so that \`java\` is on the PATH, or set JAVA_HOME.`
    return impossible('fork/exec /var/lang/bin/java: no such file or directory', advice)
  }
  const folders = [
    root,
    join(root, 'lib'),
    ...code.layers.toReversed().map((layer) => join(layer, 'java', 'lib')),
  ]
  if (!folders.some((folder) => namesIn(folder).some((name) => name.startsWith(JAVA_CLIENT)))) {
    const advice = `${code.runtime} needs its runtime client: put ${JAVA_CLIENT}-<version>.jar (Maven: com.amazonaws:${JAVA_CLIENT}) into ${root}/lib.`
    return impossible(`there is no ${JAVA_CLIENT} in the class path`, advice)
  }
  const classPath = [root, ...folders.map((folder) => join(folder, '*'))].join(delimiter)
  return launch(command, [
    '-cp',
    classPath,
    'com.amazonaws.services.lambda.runtime.api.client.AWSLambda',
    code.handler,
  ])
}

/** An assembly with a main program runs as it is; a class is loaded by the runtime support library beside it. */
function dotnet(code: Code, around: Surroundings): Launch | NoLaunch {
  const root = taskRootOf(code)
  const command = findProgram('dotnet', around.path)
  if (command === undefined) {
    const advice = `${code.runtime} needs .NET: install it so that \`dotnet\` is on the PATH.`
    return impossible('fork/exec /var/lang/bin/dotnet: no such file or directory', advice)
  }
  const [assembly = '', method] = code.handler.split('::')
  if (method === undefined) return launch(command, [join(root, `${assembly}.dll`)])
  const support = join(root, 'Amazon.Lambda.RuntimeSupport.dll')
  if (!existsSync(support)) {
    const advice = `${code.runtime} needs its runtime client: add the package Amazon.Lambda.RuntimeSupport and publish into ${root}.`
    return impossible('there is no Amazon.Lambda.RuntimeSupport.dll', advice)
  }
  const file = (extension: string): string => join(root, `${assembly}.${extension}`)
  const options = ['--depsfile', file('deps.json'), '--runtimeconfig', file('runtimeconfig.json')]
  return launch(command, ['exec', ...options, support, code.handler])
}

const launch = (command: string, args: readonly string[]): Launch => ({
  kind: 'launch',
  command,
  args,
  variables: {},
  warning: undefined,
})

const impossible = (message: string, advice: string): NoLaunch => ({
  kind: 'impossible',
  errorType: 'Runtime.InvalidEntrypoint',
  message,
  advice,
})

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
