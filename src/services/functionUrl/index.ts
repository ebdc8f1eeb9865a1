export type { UrlCors } from './cors.ts'
export type { ResponseHead } from './responseHead.ts'
export type { ResponseWriter } from './streamedResponse.ts'
export { createFunctionUrls, type FunctionUrl, type FunctionUrls, urlIdOf } from './functionUrls.ts'
