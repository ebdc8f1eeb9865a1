import * as errors from './errors.ts'

/** AWS's constraints on members, as the violations that its ValidationException lists. */

export const longest = (path: string, value: string | undefined, limit: number): errors.Violation[] =>
  value !== undefined && value.length > limit
    ? [{ value, path, constraint: `Member must have length less than or equal to ${limit}` }]
    : []

export const shortest = (path: string, value: string | undefined, limit: number): errors.Violation[] =>
  value !== undefined && value.length < limit
    ? [{ value, path, constraint: `Member must have length greater than or equal to ${limit}` }]
    : []

export const atLeast = (path: string, value: number | undefined, limit: number): errors.Violation[] =>
  value !== undefined && value < limit
    ? [
        {
          value: String(value),
          path,
          constraint: `Member must have value greater than or equal to ${limit}`,
        },
      ]
    : []

export const atMost = (path: string, value: number | undefined, limit: number): errors.Violation[] =>
  value !== undefined && value > limit
    ? [{ value: String(value), path, constraint: `Member must have value less than or equal to ${limit}` }]
    : []

export const within = (
  path: string,
  value: number | undefined,
  least: number,
  most: number,
): errors.Violation[] => [...atLeast(path, value, least), ...atMost(path, value, most)]

/** `text` is AWS's pattern as it is part of the error; `expression` is anchored. */
export const matching = (
  path: string,
  value: string | undefined,
  text: string,
  expression: RegExp,
): errors.Violation[] =>
  value !== undefined && !expression.test(value)
    ? [{ value, path, constraint: `Member must satisfy regular expression pattern: ${text}` }]
    : []

export const oneOf = (
  path: string,
  value: string | undefined,
  allowed: readonly string[],
): errors.Violation[] =>
  value !== undefined && !allowed.includes(value)
    ? [{ value, path, constraint: `Member must satisfy enum value set: [${allowed.join(', ')}]` }]
    : []

export const required = (path: string, value: unknown): errors.Violation[] =>
  value === undefined || value === null ? [{ value: null, path, constraint: 'Member must not be null' }] : []

/** Throws what AWS throws when there is anything to complain of. */
export function refuse(...violations: readonly errors.Violation[][]): void {
  const all = violations.flat()
  if (all.length > 0) throw errors.validation(all)
}

/** A JSON body may hold anything: a member of another type is no value of that member. */
export function typed(
  member: string,
  value: unknown,
  type: 'number' | 'integer' | 'string' | 'boolean' | 'object',
): void {
  if (value === undefined || value === null) return
  const isRight =
    type === 'integer' ? Number.isSafeInteger(value) : typeof value === type && !Array.isArray(value)
  if (!isRight || (type === 'number' && !Number.isFinite(value)))
    throw errors.unreadableMember(member, value, type)
}

/** Likewise for a list, each of whose members is of that type. */
export function typedList(member: string, value: unknown, type: 'string' | 'object'): void {
  if (value === undefined || value === null) return
  if (!Array.isArray(value)) throw errors.unreadableMember(member, value, 'list')
  for (const one of value as unknown[]) {
    if (one === null) throw errors.unreadableMember(member, one, type)
    typed(member, one, type)
  }
}

/** A list of a few known words. */
export function listOf(
  path: string,
  words: readonly string[] | null | undefined,
  allowed: readonly string[],
  most: number,
): errors.Violation[] {
  if (!words) return []
  const value = `[${words.join(', ')}]`
  const constraints = [
    ...(words.length > most ? [`Member must have length less than or equal to ${most}`] : []),
    ...(words.every((word) => allowed.includes(word))
      ? []
      : [`Member must satisfy constraint: [Member must satisfy enum value set: [${allowed.join(', ')}]]`]),
  ]
  return constraints.map((constraint) => ({ value, path, constraint }))
}
