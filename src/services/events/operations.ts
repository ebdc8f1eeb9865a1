import type { Operation } from '../operation.ts'
import { createCreateEventBus } from './actions/createEventBus.ts'
import { createDeleteEventBus } from './actions/deleteEventBus.ts'
import { createDeleteRule } from './actions/deleteRule.ts'
import { createDescribeEventBus } from './actions/describeEventBus.ts'
import { createDescribeRule } from './actions/describeRule.ts'
import { createListEventBuses } from './actions/listEventBuses.ts'
import { createListRuleNamesByTarget } from './actions/listRuleNamesByTarget.ts'
import { createListRules } from './actions/listRules.ts'
import { createListTagsForResource } from './actions/listTagsForResource.ts'
import { createListTargetsByRule } from './actions/listTargetsByRule.ts'
import { createPutEvents } from './actions/putEvents.ts'
import { createPutRule } from './actions/putRule.ts'
import { createPutTargets } from './actions/putTargets.ts'
import { createRemoveTargets } from './actions/removeTargets.ts'
import { createSwitchRule } from './actions/switchRule.ts'
import { createTagResource } from './actions/tagResource.ts'
import { testEventPattern } from './actions/testEventPattern.ts'
import { createUntagResource } from './actions/untagResource.ts'
import type { Buses } from './buses.ts'
import type { Publisher } from './publisher.ts'
import type { shapes } from './shapes.ts'

/** The table of EventBridge's actions. */
export const operationsOf = (buses: Buses, publisher: Publisher): Record<keyof typeof shapes, Operation> => ({
  CreateEventBus: createCreateEventBus(buses),
  DeleteEventBus: createDeleteEventBus(buses),
  DescribeEventBus: createDescribeEventBus(buses),
  ListEventBuses: createListEventBuses(buses),
  PutRule: createPutRule(buses),
  DeleteRule: createDeleteRule(buses),
  DescribeRule: createDescribeRule(buses),
  EnableRule: createSwitchRule(buses, 'ENABLED'),
  DisableRule: createSwitchRule(buses, 'DISABLED'),
  ListRules: createListRules(buses),
  PutTargets: createPutTargets(buses),
  RemoveTargets: createRemoveTargets(buses),
  ListTargetsByRule: createListTargetsByRule(buses),
  ListRuleNamesByTarget: createListRuleNamesByTarget(buses),
  PutEvents: createPutEvents({ ...buses.edges, publisher }),
  TestEventPattern: testEventPattern,
  TagResource: createTagResource(buses),
  UntagResource: createUntagResource(buses),
  ListTagsForResource: createListTagsForResource(buses),
})

/** Actions that AWS has and we have not. */
export const notBuilt = [
  'ActivateEventSource',
  'CancelReplay',
  'CreateApiDestination',
  'CreateArchive',
  'CreateConnection',
  'CreateEndpoint',
  'CreatePartnerEventSource',
  'DeactivateEventSource',
  'DeauthorizeConnection',
  'DeleteApiDestination',
  'DeleteArchive',
  'DeleteConnection',
  'DeleteEndpoint',
  'DeletePartnerEventSource',
  'DescribeApiDestination',
  'DescribeArchive',
  'DescribeConnection',
  'DescribeEndpoint',
  'DescribeEventSource',
  'DescribePartnerEventSource',
  'DescribeReplay',
  'ListApiDestinations',
  'ListArchives',
  'ListConnections',
  'ListEndpoints',
  'ListEventSources',
  'ListPartnerEventSourceAccounts',
  'ListPartnerEventSources',
  'ListReplays',
  'PutPartnerEvents',
  'PutPermission',
  'RemovePermission',
  'StartReplay',
  'UpdateApiDestination',
  'UpdateArchive',
  'UpdateConnection',
  'UpdateEndpoint',
  'UpdateEventBus',
] as const
