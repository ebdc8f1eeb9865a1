interface Notification {
  to?: string
  text?: string
}

/** Sends a notification; invoked asynchronously, so a failure is retried, and recorded in `orders-failed` at last. */
export const handler = async ({ to, text = 'Your order is on its way.' }: Notification): Promise<string> => {
  if (!to?.includes('@')) throw new Error(`cannot notify ${to ?? 'nobody'}: not an e-mail address`)
  console.log(`to ${to}: ${text}`)
  return `notified ${to}`
}
