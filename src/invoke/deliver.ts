import type { Deliver } from '../store/index.ts'

/** Joins the services' ways to take messages into one; each key is the service part of an ARN. */
export function createDeliver(deliverers: Readonly<Record<string, Deliver>>): Deliver {
  return (arn, message) => {
    const service = arn.split(':')[2] ?? ''
    const deliverer = Object.hasOwn(deliverers, service) ? deliverers[service] : undefined
    if (!deliverer) return { kind: 'refused', reason: `nothing here delivers to ${arn}` }
    return deliverer(arn, message)
  }
}
