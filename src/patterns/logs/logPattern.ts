/** A filter pattern that was understood. */
export interface LogPattern {
  readonly matches: (message: string) => boolean
  /**
   * The values of what the pattern names, `$.level` or `$status`, as `TestMetricFilter` and subscriptions show them;
   * `undefined` when the message does not match.
   */
  readonly extract: (message: string) => Readonly<Record<string, string>> | undefined
}
