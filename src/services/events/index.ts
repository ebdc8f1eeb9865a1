export { parseSchedule } from './scheduleExpression.ts'
export { createSchedules, type ScheduledRule, type Schedules } from './schedules.ts'
