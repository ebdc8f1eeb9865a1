/** Greets whoever is named in the query of a function URL, or in the event of a direct invocation. */
export const handler = async (event) => {
  if (event.source === 'aws.events') {
    console.log(`the schedule fired at ${event.time}`)
    return
  }
  const name = event.queryStringParameters?.name ?? event.name ?? 'world'
  return { message: `Hello, ${name}!` }
}
