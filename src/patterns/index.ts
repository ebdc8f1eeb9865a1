export { compilePattern, type Pattern } from './compilePattern.ts'
export { type Dialect, eventBridge, eventSourceMapping } from './dialect.ts'
export { PatternError } from './patternError.ts'
export { isObject } from './scalar.ts'
