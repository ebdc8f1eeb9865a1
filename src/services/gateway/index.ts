export { readBody } from './body.ts'
export type { Listening } from './connection.ts'
export { createGateway, type ExtraRoute, type Gateway, type GatewayOptions } from './gateway.ts'
