/** Attributes of a topic or a subscription as they were set; all text. */
export type Attributes = Readonly<Record<string, string>>

/** The attributes after a change: set, replaced, or removed by an empty value. */
export const mergeAttributes = (current: Attributes, wanted: Attributes): Attributes =>
  Object.fromEntries(Object.entries({ ...current, ...wanted }).filter(([, value]) => value !== ''))
