import type { Case, Got } from './case.ts'

/** Runs all cases through one client. `names` has, case by case, what `{queue}` and the like stand for. */
export type Run = (
  cases: readonly Case[],
  names: readonly Readonly<Record<string, string>>[],
  url: string,
) => Promise<readonly Got[]>
