import { type StoredBody, withStagedBodies } from './bodies.ts'
import type { Ground } from './ground.ts'
import type { Transaction } from './keyValue.ts'
import { appendRecords } from './logRecords.ts'
import { putItem } from './putItem.ts'
import { removeEntry, setEntry } from './tableEntries.ts'
import type { Effect } from './types.ts'

/** Effects whose large bodies are written already; the stored bodies stand in the order of the effects' own. */
export interface StagedEffects {
  readonly effects: readonly Effect[]
  readonly bodies: readonly StoredBody[]
}

/** Runs a transaction with the effects' large bodies written before it; see {@link withStagedBodies}. */
export function withStagedEffects<T>(
  ground: Ground,
  effects: readonly Effect[],
  run: (staged: StagedEffects) => Promise<T>,
): Promise<T> {
  return withStagedBodies(ground.bodies, bodiesOf(effects), (bodies) => run({ effects, bodies }))
}

/** Applies effects of any kind within a transaction. */
export function applyEffects(ground: Ground, tx: Transaction, staged: StagedEffects): void {
  let next = 0
  for (const effect of staged.effects) {
    switch (effect.kind) {
      case 'put':
        putItem(ground, tx, effect.item, staged.bodies[next++]!)
        break
      case 'set':
        setEntry(ground, tx, effect.table, effect.key, effect.value, effect.body && staged.bodies[next++])
        break
      case 'remove':
        removeEntry(ground, tx, effect.table, effect.key)
        break
      case 'append':
        appendRecords(ground, tx, effect, staged.bodies.slice(next, (next += effect.records.length)))
        break
      default:
        effect satisfies never
    }
  }
}

function bodiesOf(effects: readonly Effect[]): Uint8Array[] {
  const bodies: Uint8Array[] = []
  for (const effect of effects) {
    if (effect.kind === 'put') bodies.push(effect.item.body)
    if (effect.kind === 'set' && effect.body) bodies.push(effect.body)
    if (effect.kind === 'append') for (const record of effect.records) bodies.push(record.data)
  }
  return bodies
}
