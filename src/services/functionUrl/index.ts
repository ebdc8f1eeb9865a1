export type { UrlCors } from './cors.ts'
export { createFunctionUrls, type FunctionUrl, type FunctionUrls, urlIdOf } from './functionUrls.ts'
