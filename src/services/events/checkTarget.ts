import type { JsonObject } from '../../system/index.ts'
import { type Member, targetIdMember } from './constraints.ts'
import { notSupported, validation } from './errors.ts'
import type { TargetRecord } from './rule.ts'
import { compileInput, InputError } from './targetInput.ts'

/** Services whose ARNs can be targets here. */
const targetServices: ReadonlySet<string> = new Set(['lambda', 'sqs'])

/** Members for targets of other kinds. */
const otherMembers = [
  'KinesisParameters',
  'RunCommandParameters',
  'EcsParameters',
  'BatchParameters',
  'SqsParameters',
  'HttpParameters',
  'RedshiftDataParameters',
  'SageMakerPipelineParameters',
  'AppSyncParameters',
] as const

/** A target as a caller sends it. */
export type SentTarget = Partial<TargetRecord> & JsonObject

/** What AWS's model says of the target at a place in the list. */
export const targetMembers = (target: SentTarget, index: number): Member[] => {
  const path = `targets.${index + 1}.member`
  const { Id, Arn, RoleArn, Input, InputPath, InputTransformer, RetryPolicy, DeadLetterConfig } = target
  return [
    targetIdMember(`${path}.id`, Id),
    { path: `${path}.arn`, value: Arn, isRequired: true, least: 1, most: 1_600 },
    { path: `${path}.roleArn`, value: RoleArn as string | undefined, least: 1, most: 1_600 },
    { path: `${path}.input`, value: Input, most: 8_192 },
    { path: `${path}.inputPath`, value: InputPath, most: 256 },
    ...(InputTransformer
      ? [
          {
            path: `${path}.inputTransformer.inputTemplate`,
            value: InputTransformer.InputTemplate,
            isRequired: true,
            least: 1,
            most: 8_192,
          },
        ]
      : []),
    { path: `${path}.deadLetterConfig.arn`, value: DeadLetterConfig?.Arn, least: 1, most: 1_600 },
    {
      path: `${path}.retryPolicy.maximumRetryAttempts`,
      value: RetryPolicy?.MaximumRetryAttempts,
      least: 0,
      most: 185,
    },
    {
      path: `${path}.retryPolicy.maximumEventAgeInSeconds`,
      value: RetryPolicy?.MaximumEventAgeInSeconds,
      least: 60,
      most: 86_400,
    },
  ]
}

/** Checks what the model does not say. Throws AWS's errors. */
export function checkTarget(target: SentTarget): TargetRecord {
  const { Id = '', Arn = '', DeadLetterConfig } = target
  const [arn, , service = '', , account, resource] = Arn.split(':')
  if (arn !== 'arn' || resource === undefined || account === undefined)
    throw validation(`Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`)
  if (!targetServices.has(service)) throw notSupported(`A target in ${service} (target ${Id})`)
  if (Arn.endsWith('.fifo')) throw notSupported(`A FIFO queue as a target (target ${Id})`)
  for (const name of otherMembers)
    if (target[name] !== undefined) throw notSupported(`${name} (target ${Id})`)
  const deadLetterArn = DeadLetterConfig?.Arn
  if (deadLetterArn !== undefined && !/^arn:aws:sqs:[^:]+:\d{12}:[^:]+$/.test(deadLetterArn))
    throw validation(
      `Parameter ${deadLetterArn} is not valid. Reason: The dead-letter queue must be an SQS queue.`,
    )
  try {
    compileInput(Id, target)
  } catch (error) {
    if (error instanceof InputError) throw validation(error.message)
    throw error
  }
  return { ...target, Id, Arn }
}
