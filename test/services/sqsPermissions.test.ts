import {
  AddPermissionCommand,
  type AddPermissionCommandInput,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  RemovePermissionCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { accountId, createWorld, query, region } from './world.ts'

const arn = `arn:aws:sqs:${region}:${accountId}:orders`

async function withQueue() {
  const { sqs, url } = await createWorld()
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
  return {
    url,
    add: (more: Partial<AddPermissionCommandInput> = {}) =>
      sqs.send(
        new AddPermissionCommand({
          QueueUrl,
          Label: 'readers',
          AWSAccountIds: ['111111111111'],
          Actions: ['ReceiveMessage'],
          ...more,
        }),
      ),
    remove: (Label: string) => sqs.send(new RemovePermissionCommand({ QueueUrl, Label })),
    set: (Policy: string) => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } })),
    policy: async (): Promise<unknown> => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
      )
      return Attributes?.['Policy'] === undefined ? undefined : JSON.parse(Attributes['Policy'])
    },
  }
}

const readers = {
  Sid: 'readers',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111111111111:root' },
  Action: 'SQS:ReceiveMessage',
  Resource: arn,
}

test('permissions are statements of the policy, named by their labels', async () => {
  const { add, remove, policy } = await withQueue()
  await add()
  await add({ Label: 'all', AWSAccountIds: ['111111111111', '222222222222'], Actions: ['*', 'SendMessage'] })
  expect(await policy()).toMatchObject({
    Statement: [
      readers,
      {
        Sid: 'all',
        Principal: { AWS: ['arn:aws:iam::111111111111:root', 'arn:aws:iam::222222222222:root'] },
        Action: ['SQS:*', 'SQS:SendMessage'],
      },
    ],
  })
  await remove('readers')
  expect(await policy()).toMatchObject({ Statement: [{ Sid: 'all' }] })
  await remove('all')
  expect(await policy()).toBeUndefined()
})

test('a policy that was set keeps its statements', async () => {
  const { add, remove, set, policy } = await withQueue()
  const own = { Sid: 'own', Effect: 'Deny', Principal: '*', Action: 'SQS:*', Resource: arn }
  await set(JSON.stringify({ Version: '2012-10-17', Id: 'mine', Statement: own }))
  await add()
  expect(await policy()).toEqual({ Version: '2012-10-17', Id: 'mine', Statement: [own, readers] })
  await remove('readers')
  expect(await policy()).toEqual({ Version: '2012-10-17', Id: 'mine', Statement: [own] })
})

test.each<[string, Partial<AddPermissionCommandInput>, string]>([
  ['a label that is taken', {}, 'InvalidParameterValue'],
  ['a label with a space', { Label: 'a b' }, 'InvalidParameterValue'],
  ['what only the owner may do', { Label: 'x', Actions: ['DeleteQueue'] }, 'InvalidParameterValue'],
  ['what is no account', { Label: 'x', AWSAccountIds: ['me'] }, 'InvalidParameterValue'],
  ['no action', { Label: 'x', Actions: [] }, 'MissingParameter'],
  ['eight actions', { Label: 'x', Actions: Array.from({ length: 8 }, () => 'SendMessage') }, 'OverLimit'],
])('%s is refused', async (_, more, name) => {
  const { add } = await withQueue()
  await add()
  await expect(add(more)).rejects.toMatchObject({ name })
})

test('a label that the policy does not have cannot be removed', async () => {
  const { remove } = await withQueue()
  await expect(remove('readers')).rejects.toMatchObject({ name: 'InvalidParameterValue' })
})

test('the query protocol names accounts and actions by number', async () => {
  const { url, policy } = await withQueue()
  const { status } = await query(`${url}/${accountId}/orders`, {
    Action: 'AddPermission',
    Version: '2012-11-05',
    Label: 'readers',
    'AWSAccountId.1': '111111111111',
    'ActionName.1': 'ReceiveMessage',
  })
  expect(status).toBe(200)
  expect(await policy()).toMatchObject({ Statement: [readers] })
})
