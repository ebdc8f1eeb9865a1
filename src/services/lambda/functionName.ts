import * as errors from './errors.ts'

/** A function as a caller named it, checked and taken apart. */
export interface FunctionReference {
  readonly name: string
  /** As named; `undefined` when neither the name nor `Qualifier` had one. */
  readonly qualifier: string | undefined
  /** Unqualified ARN. */
  readonly arn: string
}

/**
 * Takes apart any of the forms AWS accepts: `fn`, `fn:1`, `function:fn`, `111111111111:function:fn`,
 * `us-east-1:111111111111:function:fn`, a full ARN, each with or without a qualifier.
 */
export function readFunctionName(
  text: string,
  qualifier: string | undefined,
  identity: { readonly accountId: string; readonly region: string },
): FunctionReference {
  const match = text.length <= longestName ? pattern.exec(text) : null
  const violations = [...nameViolations(text, match !== null), ...qualifierViolations(qualifier)]
  if (violations.length > 0) throw errors.validation(violations)

  const { region, account, name = '', own } = match?.groups ?? {}
  if (region !== undefined && region !== identity.region) throw errors.otherRegion(region, identity.region)
  if (account !== undefined && account !== identity.accountId) throw errors.accessDenied()
  if (own !== undefined && qualifier !== undefined && own !== qualifier) throw errors.qualifierMismatch()
  return {
    name,
    qualifier: qualifier ?? own,
    arn: `arn:aws:lambda:${identity.region}:${identity.accountId}:function:${name}`,
  }
}

/**
 * The name of a function that is to be: a bare name, or an ARN without a qualifier. Names are shorter and have no dots.
 */
export function readNewFunctionName(
  text: string,
  identity: { readonly accountId: string; readonly region: string },
): FunctionReference {
  if (!newPattern.test(text))
    throw errors.validation([
      { value: text, path: 'functionName', constraint: regularExpression(newPatternText) },
    ])
  const reference = readFunctionName(text, undefined, identity)
  if (reference.name.length > longestNewName)
    // Not a ValidationException, though it reads like one.
    throw errors.invalidParameterValue(
      `1 validation error detected: Value '${reference.name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${longestNewName}`,
    )
  if (reference.qualifier !== undefined)
    throw errors.invalidParameterValue('A new function is named without a version or alias.')
  return reference
}

const longestNewName = 64
const newPatternText = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`
const newPattern =
  /^(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d:)?(?:\d{12}:)?(?:function:)?[a-zA-Z0-9\-_]+(?::(?:\$LATEST|[a-zA-Z0-9\-_]+))?$/

const longestName = 256

/** Letter for letter AWS's pattern, which is part of the error; the groups of {@link pattern} are ours. */
const patternText = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`

const pattern =
  /^(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:(?<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9\-_.]+)(?::(?<own>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9\-_]+))?$/

const qualifierPatternText = String.raw`(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+)`
const qualifierPattern = /^(?:\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9\-_]+)$/
const longestQualifier = 128

function nameViolations(text: string, isMatch: boolean): errors.Violation[] {
  if (text.length > longestName) {
    const constraint = `Member must have length less than or equal to ${longestName}`
    return [{ value: text, path: 'functionName', constraint }]
  }
  return isMatch ? [] : [{ value: text, path: 'functionName', constraint: regularExpression(patternText) }]
}

function qualifierViolations(qualifier: string | undefined): errors.Violation[] {
  if (qualifier === undefined) return []
  const violations: errors.Violation[] = []
  const add = (constraint: string): number =>
    violations.push({ value: qualifier, path: 'qualifier', constraint })
  if (qualifier.length > longestQualifier)
    add(`Member must have length less than or equal to ${longestQualifier}`)
  if (qualifier === '') add('Member must have length greater than or equal to 1')
  if (!qualifierPattern.test(qualifier)) add(regularExpression(qualifierPatternText))
  return violations
}

/** A constraint on the form of a member; `text` is AWS's pattern, which is a part of the error. */
export const regularExpression = (text: string): string =>
  `Member must satisfy regular expression pattern: ${text}`
