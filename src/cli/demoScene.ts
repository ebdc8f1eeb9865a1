import type { App } from '../api/index.ts'
import { ask } from './client.ts'
import type { Colors } from './colors.ts'
import { CommandFailure } from './failure.ts'
import { formatTook } from './humanTime.ts'

type Say = (text: string) => void

const ORDERS = [
  { id: 1, quantity: 2 },
  { id: 2, quantity: 0 },
  { id: 3, quantity: 5 },
]

/** Three orders of which one cannot be shipped, and a notification that cannot be sent; time is moved, not waited for. */
export async function playScene(app: App, say: Say, colors: Colors): Promise<void> {
  const tell = (text: string): void => say(`\n${colors.cyan('▸')} ${text}`)

  tell('sending three orders to the queue; order 2 has no quantity and cannot be shipped')
  await sendOrders(app)
  await atRest(app)
  tell(
    'the failed message comes back after 12 s, and after three receives goes to orders-dead: clock, forward',
  )
  await moving(app, '1m', say, colors)
  tellMessages(app, 'orders-dead', say, colors)

  tell('invoking notify asynchronously with an address that is none: it is retried after one and two minutes')
  await app.invoke('notify', { to: 'nobody' }, { type: 'Event' })
  await atRest(app)
  await moving(app, '4m', say, colors)
  tellRecords(app, 'orders-failed', say, colors)
}

/** What a person can do now, with the port that it got. */
export function whatToTry(
  app: Pick<App, 'url' | 'port' | 'spec'>,
  handler: string,
  colors: Colors,
): string[] {
  const queueUrl = queueUrlOf(app, 'orders')
  const port = app.port === 9000 ? '' : ` --port ${app.port}`
  const title = (text: string): string => colors.bold(text)
  return [
    '',
    title('Your turn.'),
    `  edit ${handler} while this runs: the next message meets the new code`,
    '',
    title('  without any tool'),
    `  curl ${app.url}/ -H 'X-Amz-Target: AmazonSQS.SendMessage' -H 'Content-Type: application/x-amz-json-1.0' \\`,
    `    -d '{"QueueUrl":"${queueUrl}","MessageBody":"{\\"id\\":4,\\"quantity\\":1}"}'`,
    `  npx lambent invoke notify${port} -e '{"to":"ada@example.com"}'`,
    '',
    title('  with the AWS CLI'),
    `  export AWS_ENDPOINT_URL=${app.url} AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x`,
    `  aws sqs send-message --endpoint-url ${app.url} --queue-url ${queueUrl} --message-body '{"id":5,"quantity":0}'`,
    `  aws lambda invoke --function-name notify --payload '{"to":"ada@example.com"}' --cli-binary-format raw-in-base64-out /dev/stdout  # its version 2`,
    '',
    title('  with an SDK'),
    `  new SQSClient({ endpoint: '${app.url}', region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } })`,
    '',
    `  keys: ${colors.bold('f')} jumps to the next retry, ${colors.bold('q')} or Ctrl-C ends this`,
  ]
}

/** Over the wire, as any program would. */
async function sendOrders(app: App): Promise<void> {
  const answer = await ask(app.port, {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessageBatch' },
    body: JSON.stringify({
      QueueUrl: queueUrlOf(app, 'orders'),
      Entries: ORDERS.map((order) => ({ Id: String(order.id), MessageBody: JSON.stringify(order) })),
    }),
  })
  if (answer.status !== 200)
    throw new CommandFailure(`SendMessageBatch was refused: ${answer.body.toString()}`)
}

const queueUrlOf = (app: Pick<App, 'url' | 'spec'>, queue: string): string =>
  `${app.url}/${app.spec().accountId}/${queue}`

/** Waits for what runs now; what only the clock can release stays. */
const atRest = (app: App): Promise<void> => app.clock.advance(0)

async function moving(app: App, by: string, say: Say, colors: Colors): Promise<void> {
  const startedMs = performance.now()
  await app.clock.advance(by)
  say(colors.dim(`  ${by} of time in ${formatTook(performance.now() - startedMs)}`))
}

function tellMessages(app: App, queue: string, say: Say, colors: Colors): void {
  for (const { body } of app.queue(queue).messages()) say(`  ${colors.bold(queue)} holds ${body}`)
}

/** Of an invocation record, the part that says why it is there. */
function tellRecords(app: App, queue: string, say: Say, colors: Colors): void {
  for (const { body } of app.queue(queue).messages()) {
    const { requestContext, requestPayload, responsePayload } = JSON.parse(body) as InvocationRecord
    const { condition, approximateInvokeCount } = requestContext
    const event = JSON.stringify(requestPayload)
    say(
      `  ${colors.bold(queue)} holds the record of ${event}: ${condition} after ${approximateInvokeCount} attempts, ${responsePayload.errorMessage}`,
    )
  }
}

interface InvocationRecord {
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number }
  readonly requestPayload: unknown
  readonly responsePayload: { readonly errorMessage: string }
}
