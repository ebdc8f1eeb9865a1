import type { Groups } from './groups.ts'

/** What a spec says of a log group. */
export interface DeclaredGroup {
  readonly name: string
  readonly retentionDays: number
}

/**
 * Gives groups the retention that a spec declares, and takes it from those of which it says nothing any more. What the API
 * was told since stays for as long as the spec says what it said then.
 */
export async function declareGroups(groups: Groups, declared: readonly DeclaredGroup[]): Promise<void> {
  const byName = new Map(declared.map(({ name, retentionDays }) => [name, retentionDays]))
  for (const [name, retentionDays] of byName) {
    const group = groups.get(name)
    const change = { retentionDays, declaredDays: retentionDays }
    if (!group) await groups.create(name, change)
    else if (group.record.declaredDays !== retentionDays) await groups.change(group, change)
  }
  for (const group of groups.all()) {
    if (group.record.declaredDays === undefined || byName.has(group.name)) continue
    await groups.change(group, { retentionDays: undefined, declaredDays: undefined })
  }
}
