/** A pattern that AWS would not take; the message is AWS's reason. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}
