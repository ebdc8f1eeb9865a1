/** Whose buses these are. */
export interface Identity {
  readonly accountId: string
  readonly region: string
}

export const defaultBusName = 'default'

const prefix = ({ region, accountId }: Identity): string => `arn:aws:events:${region}:${accountId}`

export const busArnOf = (identity: Identity, bus: string): string => `${prefix(identity)}:event-bus/${bus}`

/** A rule of the default bus does not name it. */
export const ruleArnOf = (identity: Identity, bus: string, rule: string): string =>
  `${prefix(identity)}:rule/${bus === defaultBusName ? '' : `${bus}/`}${rule}`

/** What the ARN of a bus or a rule names; `undefined` for any other text. */
export function resourceOf(identity: Identity, arn: string): { bus: string; rule?: string } | undefined {
  if (!arn.startsWith(`${prefix(identity)}:`)) return undefined
  const [, kind, bus = '', rule] = /:(event-bus|rule)\/([^/]+)(?:\/([^/]+))?$/.exec(arn) ?? []
  if (kind === 'event-bus') return rule === undefined ? { bus } : undefined
  if (kind !== 'rule') return undefined
  return rule === undefined ? { bus: defaultBusName, rule: bus } : { bus, rule }
}

/** The name in a bus's name or ARN; nothing means the default bus. */
export function busNameIn(identity: Identity, nameOrArn: string | undefined): string {
  if (nameOrArn === undefined) return defaultBusName
  const start = `${prefix(identity)}:event-bus/`
  return nameOrArn.startsWith(start) ? nameOrArn.slice(start.length) : nameOrArn
}
