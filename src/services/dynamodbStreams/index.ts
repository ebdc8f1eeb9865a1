export type { DynamoDbStreamRecord } from './record.ts'
