interface StreamEvent {
  Records: { kinesis: { data: string; partitionKey: string } }[]
  window: { start: string; end: string }
  state: { count?: number; cents?: number }
  shardId: string
  isFinalInvokeForWindow: boolean
}

interface Totals {
  state: { count: number; cents: number }
}

/** Adds up the sales of a minute, call by call; the last call of the window prints the total. */
export const handler = async (event: StreamEvent): Promise<Totals> => {
  let { count = 0, cents = 0 } = event.state
  for (const { kinesis } of event.Records) {
    const sale: { cents?: number } = JSON.parse(Buffer.from(kinesis.data, 'base64').toString())
    count += 1
    cents += sale.cents ?? 0
  }
  if (event.isFinalInvokeForWindow)
    console.log(`${event.shardId}, minute from ${event.window.start}: ${count} sales, ${cents} cents`)
  return { state: { count, cents } }
}
