import type { Ids } from '../../system/index.ts'
import type { Operation, RequestContext } from '../operation.ts'
import type { KeptPolicy } from './accessRegistry.ts'
import type { LambdaBackend } from './backend.ts'
import { longest, matching, oneOf, refuse, required, shortest, typed } from './constraints.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { findQualified, type QualifiedFunction } from './qualifiedFunction.ts'
import { type FunctionRegistry, LATEST } from './registry.ts'
import { type Permission, type Statement, statementOf } from './statement.ts'
import { createTurns } from './turns.ts'

interface Input {
  readonly FunctionName: string
  readonly Qualifier?: string
}

interface AddInput extends Input, Partial<Permission> {
  readonly RevisionId?: string | null
}

interface RemoveInput extends Input {
  readonly StatementId: string
  readonly RevisionId?: string
}

/** A policy is no longer than this, as JSON. */
const LONGEST_POLICY = 20 * 1_024

const QUALIFIER = '(|[a-zA-Z0-9$_-]+)'
const STATEMENT_ID = '([a-zA-Z0-9-_]+)'
const ACTION = '(lambda:[*]|lambda:[a-zA-Z]+|[*])'
const SOURCE_ARN = String.raw`arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`
const sourceArn =
  /^arn:aws[a-zA-Z0-9-]*:[a-zA-Z0-9-]+:(?:[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d)?:(?:\d{12})?:.*$/

/**
 * `AddPermission`, `RemovePermission` and `GetPolicy`: who may invoke a function, a version or an alias. Policies are kept
 * and shown as on AWS; nobody is turned away by them.
 */
export function createPermissionOperations(backend: LambdaBackend, registry: FunctionRegistry, ids: Ids) {
  const on = { backend, registry }
  const inTurn = createTurns()

  /** Of the policy's owner: AWS counts a policy as a part of the function, version or alias. */
  function revisionOf({ reference, qualifier, about }: QualifiedFunction): string {
    const { name } = reference
    const found = registry.alias(name, qualifier) ?? registry.version(name, qualifier)?.about
    return qualifier === LATEST ? about.revisionId : (found?.revisionId ?? '')
  }

  function checkRevision(found: QualifiedFunction, revisionId: string | null | undefined): void {
    if (revisionId && revisionId !== revisionOf(found)) throw errors.preconditionFailed()
  }

  async function keep(found: QualifiedFunction, statements: readonly Statement[]): Promise<void> {
    const { reference, qualifier } = found
    const { name } = reference
    const kept: KeptPolicy = { statements, revisionId: ids.uuid() }
    const alias = registry.alias(name, qualifier)
    const version = registry.version(name, qualifier)
    if (alias) await registry.keepAlias(name, { ...alias, revisionId: kept.revisionId })
    if (version)
      await registry.keepVersion(name, {
        ...version,
        about: { ...version.about, revisionId: kept.revisionId },
      })
    await registry.keepPolicy(name, qualifier, kept)
  }

  const statementsOf = ({ reference, qualifier }: QualifiedFunction): readonly Statement[] =>
    registry.policy(reference.name, qualifier)?.statements ?? []

  const add: Operation<AddInput> = (input, context) => inTurn(() => addNow(input, context))

  async function addNow(input: AddInput, context: RequestContext): Promise<object> {
    const permission = readPermission(input)
    checkAddable(input, context)
    const found = findQualified(on, input, context)
    checkRevision(found, input.RevisionId)
    const statements = statementsOf(found)
    if (statements.some(({ Sid }) => Sid === permission.StatementId))
      throw errors.resourceConflict(
        `The statement id (${permission.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      )
    const statement = statementOf(permission, found.arn)
    if (!statement)
      throw errors.invalidParameterValue(
        'The provided principal was invalid. Please check the principal and try again.',
      )
    checkLength([...statements, statement])
    await keep(found, [...statements, statement])
    return { Statement: JSON.stringify(statement) }
  }

  const remove: Operation<RemoveInput> = (input, context) => inTurn(() => removeNow(input, context))

  async function removeNow(input: RemoveInput, context: RequestContext): Promise<object> {
    refuse(
      longest('statementId', input.StatementId, 100),
      matching('statementId', input.StatementId, '([a-zA-Z0-9-_.]+)', /^[a-zA-Z0-9\-_.]+$/),
      qualifierViolations(input),
    )
    const found = findForRemoval(input, context)
    const statements = statementsOf(found)
    if (statements.length === 0)
      throw errors.resourceNotFound('No policy is associated with the given resource.')
    const left = statements.filter(({ Sid }) => Sid !== input.StatementId)
    if (left.length === statements.length)
      throw errors.resourceNotFound(`Statement ${input.StatementId} is not found in resource policy.`)
    checkRevision(found, input.RevisionId)
    await keep(found, left)
    return {}
  }

  function findForRemoval(input: RemoveInput, context: RequestContext): QualifiedFunction {
    const { name, arn } = readFunctionName(input.FunctionName, input.Qualifier, context)
    if (!backend.describe(name)) throw errors.resourceNotFound(`No policy found for: ${arn}`)
    return findQualified(on, input, context)
  }

  /** AWS lets `$` stand anywhere in a qualifier here, though none has one but `$LATEST`. */
  function checkAddable({ FunctionName, Qualifier }: Input, context: RequestContext): void {
    const isOdd = Qualifier !== undefined && Qualifier !== LATEST && Qualifier.includes('$')
    const { arn, qualifier } = readFunctionName(FunctionName, isOdd ? undefined : Qualifier, context)
    if (isOdd) throw errors.functionNotFound(`${arn}:${Qualifier}`)
    if (qualifier === LATEST)
      throw errors.invalidParameterValue('We currently do not support adding policies for $LATEST.')
  }

  const get: Operation<Input> = (input, context) => {
    refuse(qualifierViolations(input))
    const { name, arn, qualifier } = readFunctionName(input.FunctionName, input.Qualifier, context)
    if (!backend.describe(name)) throw errors.functionNotFound(arn)
    const statements = registry.policy(name, qualifier ?? LATEST)?.statements ?? []
    if (statements.length === 0) throw errors.noSuchResource()
    return {
      Policy: documentOf(statements),
      RevisionId: revisionOf(findQualified(on, input, context)),
    }
  }

  return { AddPermission: add, RemovePermission: remove, GetPolicy: get }
}

const documentOf = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements })

function checkLength(statements: readonly Statement[]): void {
  const length = Buffer.byteLength(documentOf(statements))
  if (length > LONGEST_POLICY) throw errors.policyTooLong(length, LONGEST_POLICY)
}

const qualifierViolations = ({ Qualifier }: Input): errors.Violation[] =>
  matching('qualifier', Qualifier, QUALIFIER, /^[a-zA-Z0-9$_-]*$/)

const TEXTS = [
  'StatementId',
  'Action',
  'Principal',
  'SourceArn',
  'SourceAccount',
  'EventSourceToken',
  'PrincipalOrgID',
  'FunctionUrlAuthType',
  'RevisionId',
] as const

/** Checks what a request says of a permission, member by member. */
function readPermission(input: AddInput): Permission {
  for (const member of TEXTS) typed(member, input[member], 'string')
  typed('InvokedViaFunctionUrl', input.InvokedViaFunctionUrl, 'boolean')
  const { StatementId, Action, Principal } = input
  refuse(
    ...['StatementId', 'Action', 'Principal'].map((member) =>
      required(lowerFirst(member), input[member as 'Action']),
    ),
    shortest('statementId', StatementId, 1),
    longest('statementId', StatementId, 100),
    matching('statementId', StatementId, STATEMENT_ID, /^[a-zA-Z0-9\-_]+$/),
    matching('action', Action, ACTION, /^(?:lambda:\*|lambda:[a-zA-Z]+|\*)$/),
    matching('principal', Principal, String.raw`[^\s]+`, /^\S+$/),
    matching('sourceArn', input.SourceArn ?? undefined, SOURCE_ARN, sourceArn),
    matching('sourceAccount', input.SourceAccount ?? undefined, String.raw`\d{12}`, /^\d{12}$/),
    longest('eventSourceToken', input.EventSourceToken ?? undefined, 256),
    matching(
      'eventSourceToken',
      input.EventSourceToken ?? undefined,
      String.raw`[a-zA-Z0-9._\-]+`,
      /^[\w.-]+$/,
    ),
    matching('principalOrgID', input.PrincipalOrgID ?? undefined, 'o-[a-z0-9]{10,32}', /^o-[a-z0-9]{10,32}$/),
    oneOf('functionUrlAuthType', input.FunctionUrlAuthType ?? undefined, ['NONE', 'AWS_IAM']),
    qualifierViolations(input),
  )
  return { ...input, StatementId: StatementId ?? '', Action: Action ?? '', Principal: Principal ?? '' }
}

const lowerFirst = (member: string): string => member.charAt(0).toLowerCase() + member.slice(1)
