import type { Operation } from '../operation.ts'
import { createAddPermission } from './actions/addPermission.ts'
import { createCancelMessageMoveTask } from './actions/cancelMessageMoveTask.ts'
import { createChangeMessageVisibility } from './actions/changeMessageVisibility.ts'
import { createChangeMessageVisibilityBatch } from './actions/changeMessageVisibilityBatch.ts'
import { createCreateQueue } from './actions/createQueue.ts'
import { createDeleteMessage } from './actions/deleteMessage.ts'
import { createDeleteMessageBatch } from './actions/deleteMessageBatch.ts'
import { createDeleteQueue } from './actions/deleteQueue.ts'
import { createGetQueueAttributes } from './actions/getQueueAttributes.ts'
import { createGetQueueUrl } from './actions/getQueueUrl.ts'
import { createListDeadLetterSourceQueues } from './actions/listDeadLetterSourceQueues.ts'
import { createListMessageMoveTasks } from './actions/listMessageMoveTasks.ts'
import { createListQueues } from './actions/listQueues.ts'
import { createListQueueTags } from './actions/listQueueTags.ts'
import { createPurgeQueue } from './actions/purgeQueue.ts'
import { createReceiveMessage } from './actions/receiveMessage.ts'
import { createRemovePermission } from './actions/removePermission.ts'
import { createSendMessage } from './actions/sendMessage.ts'
import { createSendMessageBatch } from './actions/sendMessageBatch.ts'
import { createSetQueueAttributes } from './actions/setQueueAttributes.ts'
import { createStartMessageMoveTask } from './actions/startMessageMoveTask.ts'
import { createTagQueue } from './actions/tagQueue.ts'
import { createUntagQueue } from './actions/untagQueue.ts'
import type { MoveTasks } from './moveTasks.ts'
import type { Queues } from './queues.ts'
import type { shapes } from './shapes.ts'

/** The table of SQS's actions. */
export const operationsOf = (queues: Queues, tasks: MoveTasks): Record<keyof typeof shapes, Operation> => ({
  CreateQueue: createCreateQueue(queues),
  DeleteQueue: createDeleteQueue(queues),
  ListQueues: createListQueues(queues),
  GetQueueUrl: createGetQueueUrl(queues),
  GetQueueAttributes: createGetQueueAttributes(queues),
  SetQueueAttributes: createSetQueueAttributes(queues),
  PurgeQueue: createPurgeQueue(queues),
  SendMessage: createSendMessage(queues),
  SendMessageBatch: createSendMessageBatch(queues),
  ReceiveMessage: createReceiveMessage(queues),
  DeleteMessage: createDeleteMessage(queues),
  DeleteMessageBatch: createDeleteMessageBatch(queues),
  ChangeMessageVisibility: createChangeMessageVisibility(queues),
  ChangeMessageVisibilityBatch: createChangeMessageVisibilityBatch(queues),
  ListDeadLetterSourceQueues: createListDeadLetterSourceQueues(queues),
  TagQueue: createTagQueue(queues),
  UntagQueue: createUntagQueue(queues),
  ListQueueTags: createListQueueTags(queues),
  StartMessageMoveTask: createStartMessageMoveTask(queues, tasks),
  ListMessageMoveTasks: createListMessageMoveTasks(queues, tasks),
  CancelMessageMoveTask: createCancelMessageMoveTask(tasks),
  AddPermission: createAddPermission(queues),
  RemovePermission: createRemovePermission(queues),
})
