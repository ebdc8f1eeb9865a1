/** 100 ms of waiting for something else. */
export const handler = async () => {
  await new Promise((resolve) => setTimeout(resolve, 100))
  return { waited: 100 }
}
