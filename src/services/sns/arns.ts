import * as errors from './errors.ts'

/** Splits an ARN; throws SNS's error for what is none, or is missing. */
export function elementsOf(arn: string | undefined, parameter: string): readonly string[] {
  if (arn === undefined) throw errors.missingParameter(parameter)
  const elements = arn.split(':')
  if (elements.length < 6) throw errors.malformedArn(parameter, elements.length)
  if (elements[0] !== 'arn') throw errors.invalidParameter(parameter)
  return elements
}

/** Whether a text is the ARN of something in a service. */
export const isArnOf = (service: string, text: string): boolean =>
  new RegExp(`^arn:aws[\\w-]*:${service}:[\\w-]+:\\d{12}:.+$`).test(text)
