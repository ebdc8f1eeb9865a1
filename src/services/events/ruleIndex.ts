import type { JsonObject } from '../../system/index.ts'
import type { Rule } from './rule.ts'

/** Finds the rules of a bus that an event matches, without trying all of them. */
export interface RuleIndex {
  matching(event: JsonObject & { readonly source: string; readonly 'detail-type': string }): Rule[]
}

/** A pattern with more combinations of sources and detail types than this is looked up by its sources alone. */
const mostKeys = 64

/**
 * Sorts enabled rules by the texts that their patterns want of `source` and `detail-type`. A key is found only by
 * events that have these texts; what it leads to is matched in full.
 */
export function indexRules(rules: Iterable<Rule>): RuleIndex {
  const byKey = new Map<string, Rule[]>()
  for (const rule of rules) {
    if (!rule.isEnabled || !rule.pattern) continue
    for (const key of keysOf(rule.pattern.textsOf('source'), rule.pattern.textsOf('detail-type'))) {
      const known = byKey.get(key)
      if (known) known.push(rule)
      else byKey.set(key, [rule])
    }
  }
  return {
    matching(event) {
      const { source, 'detail-type': type } = event
      const keys = [keyOf(source, type), keyOf(source, any), keyOf(any, type), keyOf(any, any)]
      const candidates = new Set(keys.flatMap((key) => byKey.get(key) ?? []))
      return [...candidates].filter(({ pattern }) => pattern?.matches(event))
    },
  }
}

const any = undefined

const keyOf = (source: string | undefined, type: string | undefined): string => JSON.stringify([source, type])

function keysOf(sources: readonly string[] | undefined, types: readonly string[] | undefined): string[] {
  const isMany = (sources?.length ?? 1) * (types?.length ?? 1) > mostKeys
  const wantedTypes = isMany && sources ? undefined : types
  return (sources ?? [any]).flatMap((source) => (wantedTypes ?? [any]).map((type) => keyOf(source, type)))
}
