import { compilePattern, eventBridge, type Pattern, PatternError } from '../../patterns/index.ts'
import type { JsonValue } from '../../system/index.ts'
import { invalidPattern } from './errors.ts'

/** Compiles a pattern that came as text. Throws AWS's error. */
export function readPattern(text: string): Pattern {
  try {
    return compilePattern(JSON.parse(text) as JsonValue, eventBridge)
  } catch (error) {
    if (error instanceof PatternError) throw invalidPattern(error.message)
    if (error instanceof SyntaxError) throw invalidPattern(error.message)
    throw error
  }
}
