import { compilePattern, eventBridge, type Pattern } from '../../patterns/index.ts'
import type { JsonObject } from '../../system/index.ts'
import { type Identity, ruleArnOf } from './arns.ts'
import { compileInput, type InputSettings, type TargetInput } from './targetInput.ts'

export type Tags = Readonly<Record<string, string>>

/** A rule as it is kept in the store. */
export interface RuleRecord extends JsonObject {
  /** JSON text, as it was put. */
  readonly pattern?: string
  readonly schedule?: string
  readonly state: string
  readonly description?: string
  readonly roleArn?: string
  readonly tags: Tags
  readonly targets: readonly TargetRecord[]
  readonly createdMs: number
  /** The id of the target that the spec describes, when the rule stands there. */
  readonly declaredTarget?: string
}

/** A target in the API's shape. */
export type TargetRecord = JsonObject &
  InputSettings & {
    readonly Id: string
    readonly Arn: string
    readonly DeadLetterConfig?: { readonly Arn?: string }
    readonly RetryPolicy?: {
      readonly MaximumRetryAttempts?: number
      readonly MaximumEventAgeInSeconds?: number
    }
  }

/** A rule, ready for use. */
export interface Rule {
  readonly name: string
  readonly arn: string
  readonly busName: string
  readonly record: RuleRecord
  readonly isEnabled: boolean
  /** `undefined`: it has a schedule only. */
  readonly pattern: Pattern | undefined
  readonly targets: readonly Target[]
}

/** A target, ready for use. */
export interface Target {
  readonly record: TargetRecord
  readonly input: TargetInput
}

/** Makes a rule of what is kept of it. Throws what compiling its pattern and its targets' inputs throws. */
export const ruleOf = (identity: Identity, busName: string, name: string, record: RuleRecord): Rule => ({
  name,
  arn: ruleArnOf(identity, busName, name),
  busName,
  record,
  isEnabled: record.state !== 'DISABLED',
  pattern:
    record.pattern === undefined
      ? undefined
      : compilePattern(JSON.parse(record.pattern) as JsonObject, eventBridge),
  targets: record.targets.map((target) => ({ record: target, input: compileInput(target.Id, target) })),
})
