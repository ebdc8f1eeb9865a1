import type { JsonValue } from '../../system/index.ts'

/** A path that was understood. */
export interface JsonPath {
  /** What it leads to; `undefined` when there is nothing. */
  read(value: JsonValue): JsonValue | undefined
}

type Step = { readonly key: string } | { readonly index: number } | 'each'

const stepPattern = /\.([\w-]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]|(\[\*\]|\.\*)/y

/**
 * Reads `$.detail.items[0]['a b'][*]`: what EventBridge's input paths are made of. Answers `undefined` for anything
 * else (filters, slices, `..`).
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined
  const steps: Step[] = []
  let at = 1
  while (at < text.length) {
    stepPattern.lastIndex = at
    const match = stepPattern.exec(text)
    if (!match) return undefined
    const [whole, dotted, single, double, index, each] = match
    const key = dotted ?? single ?? double
    if (key !== undefined) steps.push({ key })
    else steps.push(each === undefined ? { index: Number(index) } : 'each')
    at += whole.length
  }
  return { read: (value) => follow(value, steps, 0) }
}

function follow(value: JsonValue | undefined, steps: readonly Step[], from: number): JsonValue | undefined {
  const step = steps[from]
  if (step === undefined || value === undefined) return value
  if (typeof value !== 'object' || value === null) return undefined
  if (step === 'each')
    return Object.values(value).flatMap((inner: JsonValue | undefined) => {
      const found = follow(inner, steps, from + 1)
      return found === undefined ? [] : [found]
    })
  const key = 'key' in step ? step.key : String(step.index)
  const isRight = Array.isArray(value) === 'index' in step
  const inner = isRight && Object.hasOwn(value, key) ? (value as Record<string, JsonValue>)[key] : undefined
  return follow(inner, steps, from + 1)
}
