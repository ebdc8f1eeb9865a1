/** One keep-alive HTTP/1.1 connection with as little client in it as possible. Answers must have a Content-Length. */
import { connect } from 'node:net'

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/**
 * @typedef {{ method?: string, path?: string, headers?: Readonly<Record<string, string>>, body: string }} Request
 * @typedef {{ status: number, body: Buffer }} Answer
 * @typedef {{ send: (request: Request) => Promise<Buffer>, close: () => void }} Connection `send` resolves with the body of a 200 or 202.
 */

/**
 * @param {string} url
 * @returns {Promise<Connection>}
 */
export async function openConnection(url) {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.setNoDelay(true)
  /** @type {{ resolve: (body: Buffer) => void, reject: (error: Error) => void } | undefined} */
  let waiting
  /** @type {Buffer | undefined} */
  let gathered
  await new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(undefined))
    socket.once('error', reject)
  })
  const fail = () => {
    waiting?.reject(new Error('the connection was closed before the answer was complete'))
    waiting = undefined
  }
  socket.on('error', fail)
  socket.on('close', fail)
  socket.on('data', (chunk) => {
    gathered = gathered ? Buffer.concat([gathered, chunk]) : chunk
    const answer = readAnswer(gathered)
    if (!answer) return
    gathered = undefined
    const caller = waiting
    waiting = undefined
    if (answer.status === 200 || answer.status === 202) caller?.resolve(answer.body)
    else caller?.reject(new Error(`answered ${answer.status}: ${answer.body.toString()}`))
  })
  return {
    send: ({ method = 'POST', path = '/', headers = {}, body }) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        let head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
        for (const name in headers) head += `${name}: ${headers[name]}\r\n`
        socket.write(`${head}\r\n${body}`)
      }),
    close: () => socket.destroy(),
  }
}

/**
 * @param {Buffer} bytes
 * @returns {Answer | undefined}
 */
function readAnswer(bytes) {
  const endOfHead = bytes.indexOf(END_OF_HEAD)
  if (endOfHead < 0) return undefined
  const head = bytes.toString('latin1', 0, endOfHead)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without Content-Length:\n${head}`)
  const end = endOfHead + END_OF_HEAD.length + Number(length)
  if (bytes.length < end) return undefined
  return { status: Number(head.slice(9, 12)), body: bytes.subarray(end - Number(length), end) }
}
