import path from 'node:path'
import { openConnection } from '../harness/connection.mjs'
import { median } from '../harness/figures.mjs'
import { sqsRequest } from '../harness/requests.mjs'
import { timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'
import { createStarts } from '../harness/starts.mjs'

const MESSAGES = 50
const WARM_UP = 5
const REST_MS = 25

/**
 * At rest: from the moment a client sends a message to the moment the handler that reads the queue begins.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function wakeUp(session) {
  const [lambent, floor, folder] = await Promise.all([
    session.startLambent(),
    session.startFloor('noteStart.mjs'),
    session.folder(),
  ])
  const status = await lambent.remote.call('status')
  /** @type {{ name: string, url: string }[]} */
  const queues = status.queues
  const QueueUrl = queues.find(({ name }) => name === 'starts')?.url
  const toLambent = await openConnection(lambent.url)
  const toFloor = await openConnection(floor.url)

  session.progress(`${MESSAGES} messages`)
  const floorStarts = createStarts(path.join(folder, 'floor'), WARM_UP, REST_MS)
  const lambentStarts = createStarts(path.join(folder, 'lambent'), WARM_UP, REST_MS)
  await alternate(MESSAGES + WARM_UP, {
    floor: (id) => floorStarts.send(id, (note) => toFloor.send({ body: note })),
    lambent: (id) =>
      lambentStarts.send(id, (note) =>
        toLambent.send(sqsRequest('SendMessage', { QueueUrl, MessageBody: note })),
      ),
  })
  toLambent.close()
  toFloor.close()
  return [
    timeResult({
      work: 'message sent to handler started, at rest',
      lambent: median(await lambentStarts.tookMs()),
      floor: median(await floorStarts.tookMs()),
      belowMs: 10,
      note: 'floor: the same handler called over HTTP',
    }),
  ]
}
