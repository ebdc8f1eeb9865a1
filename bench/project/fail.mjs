export const handler = async () => {
  throw new Error('as intended')
}
