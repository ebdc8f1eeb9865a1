export { ProcessHost, type ProcessHostOptions } from './processHost.ts'
