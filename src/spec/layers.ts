import { resolve } from 'node:path'
import type { CheckedLayer } from './checked.ts'
import type { Identity } from './identity.ts'
import { didYouMean } from './nearest.ts'
import type { Refusal } from './refusals.ts'
import type { LayerSpec, Spec } from './types.ts'

/** Every declared layer has one version: what is in its folder now. */
export function layerArn({ region, accountId }: Identity, name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:layer:${name}:1`
}

/** The name that the Serverless Framework gives a layer in CloudFormation: `common-lib` is `CommonDashlibLambdaLayer`. */
export function logicalId(key: string): string {
  const name = key.replaceAll('-', 'Dash').replaceAll('_', 'Underscore')
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaLayer`
}

export function layerSpecs(
  given: Readonly<Record<string, CheckedLayer>>,
  identity: Identity,
  directory: string,
): LayerSpec[] {
  return Object.entries(given).flatMap(([key, { path, name = key, description = '' }]) =>
    path === undefined
      ? []
      : [{ key, name, arn: layerArn(identity, name), description, folder: resolve(directory, path) }],
  )
}

/**
 * The folder that stands for a layer version's `/opt`, by its ARN; `undefined` for one that the spec does not declare.
 * @example layerFolder(spec, 'arn:aws:lambda:us-east-1:000000000000:layer:common:1')
 */
export function layerFolder({ layers }: Pick<Spec, 'layers'>, arn: string): string | undefined {
  return layers.find((layer) => layer.arn === arn)?.folder
}

/** Whether a reference is a folder, not a name. */
export const isFolder = (reference: string): boolean =>
  /^(\.{1,2}([/\\]|$)|\/|[A-Za-z]:[/\\])/.test(reference)

/** The folder of a layer that a function names, or why there is none. */
export function resolveLayer(
  reference: string,
  layers: readonly LayerSpec[],
  directory: string,
): { readonly folder: string } | Refusal {
  if (isFolder(reference)) return { folder: resolve(directory, reference) }
  const declared = layers.find(({ key, arn }) => key === reference || arn === reference)
  if (declared) return { folder: declared.folder }
  const keys = layers.map(({ key }) => key)
  if (reference.startsWith('arn:')) return refuseArn(reference, layers)
  const guess = didYouMean(reference, keys) || (keys.length === 0 ? 'there are none' : '')
  return {
    message: `there is no layer \`${reference}\``,
    hint: `expected a key of \`layers:\`, or a folder such as \`./${reference}\`${guess && `; ${guess}`}`,
  }
}

function refuseArn(arn: string, layers: readonly LayerSpec[]): Refusal {
  const own = layers.find((layer) => arn.startsWith(layer.arn.replace(/\d+$/, '')))
  if (own)
    return {
      message: `the layer \`${own.key}\` has no such version`,
      hint: `expected \`${own.key}\` or \`${own.arn}\`: a layer of this file has one version`,
    }
  return {
    message: `the layer \`${arn}\` is not in this file`,
    hint: 'expected a layer of this file: unpack its content (`aws lambda get-layer-version` has the address) into a folder, and name the folder under `layers:`',
  }
}
