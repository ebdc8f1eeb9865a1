import { MessagePort, parentPort } from 'node:worker_threads'

/**
 * Lets a worker's event loop run empty while a handler waits for nothing, so that Node's own `beforeExit` says so:
 * AWS answers a callback once the loop is empty, and fails a promise that can never settle any more.
 *
 * Two ports hold the loop. The parent's can be let go of here. The one that Piscina takes tasks from is attached right
 * after this module was loaded, so the first attachment is caught, let go of, and the method put back.
 */
export function letLoopRunEmpty(): void {
  parentPort?.unref()
  const prototype = MessagePort.prototype
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, and applied to the port below
  const attach = prototype.on
  prototype.on = function attachTaskPort(this: MessagePort, ...listener: Parameters<typeof attach>) {
    prototype.on = attach
    const port = attach.apply(this, listener)
    this.unref()
    return port
  } as typeof attach
}
