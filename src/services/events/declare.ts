import type { JsonObject, JsonValue } from '../../system/index.ts'
import type { Bus, Buses } from './buses.ts'
import { checkTarget } from './checkTarget.ts'
import type { Rule, RuleRecord, TargetRecord } from './rule.ts'
import { triggerIdOf } from './signals.ts'

/** A rule that a spec describes, with one function as its target. */
export interface DeclaredRule {
  readonly busName: string
  readonly name: string
  readonly pattern?: JsonObject | undefined
  /** `rate(...)` or `cron(...)`; on the default bus only. */
  readonly schedule?: string | undefined
  readonly isEnabled: boolean
  readonly description?: string | undefined
  readonly target: DeclaredTarget
}

export interface DeclaredTarget {
  /** Unique within the rule: letters, digits, `.`, `-`, `_`, up to 64. */
  readonly id: string
  readonly functionArn: string
  /** At most one of the three. */
  readonly input?: JsonValue | undefined
  readonly inputPath?: string | undefined
  readonly inputTransformer?:
    | { readonly inputPathsMap?: Readonly<Record<string, string>>; readonly inputTemplate: string }
    | undefined
  readonly retryPolicy?:
    | { readonly maximumEventAge?: number; readonly maximumRetryAttempts?: number }
    | undefined
  readonly deadLetterQueueArn?: string | undefined
}

/**
 * Makes the rule that a spec describes, or makes an existing one so. Targets and tags that came by the API stay.
 * Answers the name of the rule's target, a trigger's id.
 */
export async function declareRule(buses: Buses, declared: DeclaredRule): Promise<string> {
  const { name, pattern, schedule, isEnabled, description } = declared
  const bus: Bus = buses.named(declared.busName)
  const existing = bus.rules.get(name)?.record
  const own = targetRecordOf(declared.target)
  const others = (existing?.targets ?? []).filter(
    ({ Id }) => Id !== own.Id && Id !== existing?.declaredTarget,
  )
  const record: RuleRecord = {
    ...(pattern && { pattern: JSON.stringify(pattern) }),
    ...(schedule !== undefined && { schedule }),
    state: isEnabled ? 'ENABLED' : 'DISABLED',
    ...(description !== undefined && { description }),
    tags: existing?.tags ?? {},
    targets: [...others, own],
    createdMs: existing && existing.schedule === schedule ? existing.createdMs : buses.edges.clock.now(),
    declaredTarget: own.Id,
  }
  const isSame = existing && JSON.stringify(sorted(existing)) === JSON.stringify(sorted(record))
  const rule = isSame ? buses.rule(bus.name, name) : await buses.putRule(bus, name, record)
  return triggerIdOf(rule.arn, own.Id)
}

/** Removes the rules that a spec once described and does no longer. */
export async function removeDeclared(buses: Buses, stillWanted: readonly DeclaredRule[]): Promise<void> {
  const wanted = new Set(stillWanted.map(({ busName, name }) => `${buses.named(busName).name}/${name}`))
  const gone: Rule[] = buses
    .all()
    .flatMap(({ rules }) => [...rules.values()])
    .filter(
      ({ busName, name, record }) => record.declaredTarget !== undefined && !wanted.has(`${busName}/${name}`),
    )
  await Promise.all(gone.map((rule) => buses.removeRule(rule)))
}

function targetRecordOf(target: DeclaredTarget): TargetRecord {
  const { inputTransformer, retryPolicy } = target
  return checkTarget({
    Id: target.id,
    Arn: target.functionArn,
    ...(target.input !== undefined && { Input: JSON.stringify(target.input) }),
    ...(target.inputPath !== undefined && { InputPath: target.inputPath }),
    ...(inputTransformer && {
      InputTransformer: {
        ...(inputTransformer.inputPathsMap && { InputPathsMap: inputTransformer.inputPathsMap }),
        InputTemplate: inputTransformer.inputTemplate,
      },
    }),
    ...(target.deadLetterQueueArn !== undefined && { DeadLetterConfig: { Arn: target.deadLetterQueueArn } }),
    ...(retryPolicy && {
      RetryPolicy: {
        ...(retryPolicy.maximumRetryAttempts !== undefined && {
          MaximumRetryAttempts: retryPolicy.maximumRetryAttempts,
        }),
        ...(retryPolicy.maximumEventAge !== undefined && {
          MaximumEventAgeInSeconds: retryPolicy.maximumEventAge,
        }),
      },
    }),
  })
}

const sorted = (record: RuleRecord): [string, JsonValue | undefined][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
