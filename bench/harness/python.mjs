import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export const PYTHON = 'python3'

/** Whether there is a Python on this machine. */
export const hasPython = () => spawnSync(PYTHON, ['--version']).status === 0

/**
 * The floor of a Python cold start: a new interpreter that loads a module and calls its handler; milliseconds.
 * @param {string} folder
 * @param {string} module
 */
export async function loadInNewPython(folder, module) {
  const startedMs = performance.now()
  const child = spawn(
    PYTHON,
    ['-c', `import json, ${module}; print(json.dumps(${module}.handler({}, None)))`],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await once(child.stdout, 'data')
  const tookMs = performance.now() - startedMs
  await once(child, 'close')
  return tookMs
}

const SERVER = `
import http.server, json

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        body = json.dumps(event).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *rest):
        pass

server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(f'http://127.0.0.1:{server.server_port}', flush=True)
server.serve_forever()
`

/**
 * The floor of a warm invocation of Python: an HTTP server of Python's own that parses the event and writes it back.
 * @param {import('./session.mjs').Session} session
 * @returns {Promise<string>} Its URL.
 */
export async function startPythonServer(session) {
  const child = spawn(PYTHON, ['-c', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
  session.atEnd(async () => {
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('the Python server ended before it listened')
}
