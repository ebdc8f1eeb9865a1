import type { Member } from '../constraints.ts'

/** The members of inputs, with what the service's model says of them. */

export const streamArnMember = (value: string | undefined, path = 'streamArn'): Member => ({
  path,
  value,
  least: 37,
  most: 1_024,
})

export const shardIdMember = (path: string, value: string | undefined): Member => ({
  path,
  value,
  least: 28,
  most: 65,
})

export const limitMember = (value: number | undefined, most: number): Member => ({
  path: 'limit',
  value,
  least: 1,
  most,
})

export const required = (member: Member): Member => ({ ...member, isRequired: true })
