import { basename, dirname, resolve } from 'node:path'
import { checkFile } from './checked.ts'
import { type Files, realFiles } from './files.ts'
import { fill } from './fill.ts'
import { deepFreeze } from './freeze.ts'
import { DEFAULT_ACCOUNT_ID, DEFAULT_REGION, type Identity } from './identity.ts'
import { resolveIntrinsics } from './intrinsics.ts'
import { type Node, nodeAt } from './nodes.ts'
import { parseYaml } from './parse.ts'
import { createReport, problemsOf, type Report } from './report.ts'
import { runRules } from './rules/index.ts'
import type { EventFragment } from './schema/event.ts'
import { type Spec, SpecError } from './types.ts'
import { resolveVariables } from './variables.ts'

export interface LoadOptions {
  /** The kinds of events, as their sources declare them. */
  readonly fragments: readonly EventFragment[]
  /** For `${env:}`, `LAMBENT_ACCOUNT_ID` and `AWS_REGION`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Comes over what the file and the environment say. */
  readonly accountId?: string
  readonly region?: string
  /** Problems name files relative to it; the process's own unless given. */
  readonly workingDirectory?: string
  readonly files?: Files
}

/**
 * Reads `lambda.yml`: every default filled in, every reference resolved, deeply frozen. Throws a `SpecError` that holds
 * every problem, not just the first.
 * @example const spec = await loadSpec('lambda.yml', { fragments: eventFragments, environment: process.env })
 */
export async function loadSpec(file: string, options: LoadOptions): Promise<Spec> {
  const path = resolve(options.workingDirectory ?? process.cwd(), file)
  const report = createReport()
  const { spec, sources } = await load(path, options, report)
  const workingDirectory = options.workingDirectory ?? process.cwd()
  const problems = problemsOf(report, 'problem', path, workingDirectory)
  if (spec === undefined || problems.length > 0) throw new SpecError(problems, sources)
  return deepFreeze({ ...spec, warnings: problemsOf(report, 'warning', path, workingDirectory) })
}

/** What was made of the file, if anything, and every file that was read for it. */
interface Loaded {
  readonly spec: Spec | undefined
  readonly sources: readonly string[]
}

async function load(file: string, options: LoadOptions, report: Report): Promise<Loaded> {
  const { fragments, environment, files = realFiles } = options
  const directory = dirname(file)
  const parsed = readRoot(file, files, report)
  if (parsed === undefined) return { spec: undefined, sources: [file] }
  const variables = resolveVariables({ root: parsed, directory, environment, files, report })
  const identity = identityOf(variables.root, options)
  reportIdentity(variables.root, identity, report)
  const root = resolveIntrinsics(variables.root, identity, report)
  const checked = await checkFile(root, fragments, report)
  const directoryName = basename(directory) || 'lambent'
  const sources = [...new Set([file, ...variables.sources])]
  const spec = fill(checked, { root, identity, file, directory, directoryName, sources, report })
  runRules({ spec, root, report }, fragments, files)
  return { spec, sources }
}

function readRoot(file: string, files: Files, report: Report): Node | undefined {
  const text = files.read(file)
  const source = { file, text: text ?? '' }
  const start = { source, start: 0, end: 1 }
  if (text === undefined) {
    report.problem(start, 'there is no such file', 'expected a lambda.yml; `lambent init` writes one')
    return undefined
  }
  const before = report.complaints.length
  const root = parseYaml(source, report)
  if (root !== undefined && !(root.kind === 'scalar' && root.value === null)) return root
  if (report.complaints.length === before) {
    report.problem(start, 'the file is empty', 'expected at least `functions:` with one function')
  }
  return undefined
}

/** Needed before the check: ARNs are put in where CloudFormation's functions ask for them. */
function identityOf(root: Node, { accountId, region, environment }: LoadOptions): Identity {
  const given = textAt(root, 'accountId')
  const named = textAt(root, 'region')
  return {
    accountId: accountId ?? given ?? (environment['LAMBENT_ACCOUNT_ID'] || DEFAULT_ACCOUNT_ID),
    region: region ?? named ?? (environment['AWS_REGION'] || DEFAULT_REGION),
  }
}

/** What the file says is checked with the file; this is about what came from outside. */
function reportIdentity(root: Node, { accountId, region }: Identity, report: Report): void {
  if (!/^[0-9]{12}$/.test(accountId) && accountId !== textAt(root, 'accountId')) {
    const hint = 'expected twelve digits in `LAMBENT_ACCOUNT_ID`'
    report.problem(root.place, `\`${accountId}\` is no account`, hint)
  }
  if (!/^[a-z0-9-]+$/.test(region) && region !== textAt(root, 'region')) {
    report.problem(
      root.place,
      `\`${region}\` is no region`,
      'expected a region such as `eu-west-1` in `AWS_REGION`',
    )
  }
}

function textAt(root: Node, key: string): string | undefined {
  const node = nodeAt(root, ['provider', key])
  return node?.kind === 'scalar' && node.text !== '' ? node.text : undefined
}
