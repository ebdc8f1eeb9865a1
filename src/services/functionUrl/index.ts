export { createFunctionUrls, type FunctionUrl, type FunctionUrls, urlIdOf } from './functionUrls.ts'
