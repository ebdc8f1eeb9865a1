import type { JsonObject, JsonValue } from '../system/index.ts'

/** A leaf of an event. */
export type Scalar = string | number | boolean | null

/** Whether a leaf has one wanted property. */
export type ValueTest = (value: Scalar) => boolean

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

/** A test that only text can pass. */
export const ofText =
  (test: (text: string) => boolean): ValueTest =>
  (value) =>
    typeof value === 'string' && test(value)
