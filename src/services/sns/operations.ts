import type { Operation } from '../operation.ts'
import { createCreateTopic } from './actions/createTopic.ts'
import { createDeleteTopic } from './actions/deleteTopic.ts'
import { createGetSubscriptionAttributes } from './actions/getSubscriptionAttributes.ts'
import { createGetTopicAttributes } from './actions/getTopicAttributes.ts'
import { createListSubscriptions, createListSubscriptionsByTopic } from './actions/listSubscriptions.ts'
import { createListTopics } from './actions/listTopics.ts'
import { createPublish } from './actions/publish.ts'
import { createPublishBatch } from './actions/publishBatch.ts'
import { createSetSubscriptionAttributes } from './actions/setSubscriptionAttributes.ts'
import { createSetTopicAttributes } from './actions/setTopicAttributes.ts'
import { createSubscribe } from './actions/subscribe.ts'
import { createListTagsForResource, createTagResource, createUntagResource } from './actions/tags.ts'
import { createUnsubscribe } from './actions/unsubscribe.ts'
import type { Publisher } from './publisher.ts'
import type { shapes } from './shapes.ts'

/** The table of SNS's actions. */
export function operationsOf(publisher: Publisher): Record<keyof typeof shapes, Operation> {
  const { topics } = publisher
  return {
    CreateTopic: createCreateTopic(topics),
    DeleteTopic: createDeleteTopic(publisher),
    ListTopics: createListTopics(topics),
    GetTopicAttributes: createGetTopicAttributes(topics),
    SetTopicAttributes: createSetTopicAttributes(topics),
    Subscribe: createSubscribe(topics),
    Unsubscribe: createUnsubscribe(topics),
    ListSubscriptions: createListSubscriptions(topics),
    ListSubscriptionsByTopic: createListSubscriptionsByTopic(topics),
    GetSubscriptionAttributes: createGetSubscriptionAttributes(topics),
    SetSubscriptionAttributes: createSetSubscriptionAttributes(topics),
    Publish: createPublish(publisher),
    PublishBatch: createPublishBatch(publisher),
    TagResource: createTagResource(topics),
    UntagResource: createUntagResource(topics),
    ListTagsForResource: createListTagsForResource(topics),
  }
}

/** Actions that AWS has and we have not. */
export const notBuilt = [
  'AddPermission',
  'CheckIfPhoneNumberIsOptedOut',
  'ConfirmSubscription',
  'CreatePlatformApplication',
  'CreatePlatformEndpoint',
  'CreateSMSSandboxPhoneNumber',
  'DeleteEndpoint',
  'DeletePlatformApplication',
  'DeleteSMSSandboxPhoneNumber',
  'GetDataProtectionPolicy',
  'GetEndpointAttributes',
  'GetPlatformApplicationAttributes',
  'GetSMSAttributes',
  'GetSMSSandboxAccountStatus',
  'ListEndpointsByPlatformApplication',
  'ListOriginationNumbers',
  'ListPhoneNumbersOptedOut',
  'ListPlatformApplications',
  'ListSMSSandboxPhoneNumbers',
  'OptInPhoneNumber',
  'PutDataProtectionPolicy',
  'RemovePermission',
  'SetEndpointAttributes',
  'SetPlatformApplicationAttributes',
  'SetSMSAttributes',
  'VerifySMSSandboxPhoneNumber',
] as const
