interface StreamEvent {
  Records: { kinesis: { data: string; partitionKey: string; sequenceNumber: string } }[]
}

/** Looks at each sale. One that is wrong fails its batch, which is halved until the sale is alone, and told to `audit-failed`. */
export const handler = async (event: StreamEvent): Promise<void> => {
  for (const { kinesis } of event.Records) {
    const sale: { id: number; cents?: number } = JSON.parse(Buffer.from(kinesis.data, 'base64').toString())
    if (!(sale.cents !== undefined && sale.cents > 0)) throw new RangeError(`sale ${sale.id} has no price`)
    console.log(`${kinesis.partitionKey}: sale ${sale.id}, ${sale.cents} cents`)
  }
}
