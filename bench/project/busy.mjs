/** Takes its place for as long as a function may. */
export const handler = async () => {
  await new Promise((resolve) => setTimeout(resolve, 890_000))
}
