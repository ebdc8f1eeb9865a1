/**
 * The types of an operation's members, as far as a protocol must know them: the query protocol to build values from
 * `Attribute.1.Name=...` and to write XML, the JSON protocol to refuse a number where a string belongs.
 */
export type Shape = ScalarShape | ListShape | MapShape | StructureShape

/** A blob is base64 in text; a timestamp is a number, epoch seconds with fractions. */
export type ScalarShape = 'string' | 'integer' | 'boolean' | 'blob' | 'timestamp'

/**
 * A flattened list: `Name.1`, `Name.2`; in XML the element repeats without a wrapper. Wrapped, both stand below the
 * name of the member: `Tags.member.1`.
 */
export interface ListShape {
  readonly kind: 'list'
  readonly name: string
  readonly of: Shape
  readonly isWrapped?: true
}

/** A flattened map: `Name.1.Key`, `Name.1.Value`; wrapped: `Attributes.entry.1.key`. */
export interface MapShape {
  readonly kind: 'map'
  readonly name: string
  readonly key: string
  readonly value: string
  readonly of: Shape
  readonly isWrapped?: true
}

export interface StructureShape {
  readonly kind: 'structure'
  readonly members: Readonly<Record<string, Shape>>
}

export interface OperationShapes {
  readonly input: StructureShape
  /** Absent for operations that answer nothing. */
  readonly output?: StructureShape
}

export const list = (name: string, of: Shape): ListShape => ({ kind: 'list', name, of })

export const map = (name: string, key: string, value: string, of: Shape): MapShape => ({
  kind: 'map',
  name,
  key,
  value,
  of,
})

/** A list as the query protocol has it where a model does not say otherwise. */
export const wrappedList = (of: Shape): ListShape => ({ ...list('member', of), isWrapped: true })

/** A map as the query protocol has it where a model does not say otherwise. */
export const wrappedMap = (key: string, value: string, of: Shape): MapShape => ({
  ...map('entry', key, value, of),
  isWrapped: true,
})

export const structure = (members: Readonly<Record<string, Shape>>): StructureShape => ({
  kind: 'structure',
  members,
})
