const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of `90s`, `3m`, `1h30m`, `2d`, `250ms`; a number is milliseconds already. */
export function durationMs(value: number | string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  const text = String(value).trim()
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  if (text === '' || parts.map(([part]) => part).join('') !== text) {
    throw new RangeError(`expected a duration such as 90s, 3m or 1h30m, got ${JSON.stringify(value)}`)
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0)
}
