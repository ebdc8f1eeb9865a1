import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A RabbitMQ of its own: an own node, own ports, an own folder, gone when it is stopped. */
export interface RabbitServer {
  /** `amqp://guest:guest@127.0.0.1:PORT`: AMQP 0-9-1, and AMQP 1.0 by its plugin. */
  readonly url: string
  /** As if the machine had lost its power. */
  kill(): Promise<void>
  /** Starts it again in the same folder and at the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'
const PORT_MAPPER = '/usr/bin/epmd'
const INSTALL_MS = 120_000
/** A busy computer may take so long to start it. */
export const START_MS = 60_000

/** A server, installed from Debian's packages if need be; a sentence where there is none to be had. */
export async function rabbitServer(): Promise<RabbitServer | string> {
  const obstacle = await rabbitObstacle()
  if (obstacle !== undefined) return obstacle
  return startRabbit().catch((error: unknown) => String(error))
}

async function rabbitObstacle(): Promise<string | undefined> {
  if (existsSync(SERVER)) return undefined
  if (process.getuid?.() !== 0) return 'RabbitMQ is not installed, and only root could install it'
  if (!existsSync('/usr/bin/apt-get')) return 'RabbitMQ is not installed, and there is no apt-get'
  const options = { timeout: INSTALL_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const lock = ['-o', 'DPkg::Lock::Timeout=60']
  const install = [...lock, 'install', '-y', '--no-install-recommends', 'rabbitmq-server']
  try {
    await promisify(execFile)('apt-get', ['update'], options)
    await promisify(execFile)('apt-get', install, options)
  } catch (error) {
    return `RabbitMQ cannot be installed: ${String(error).split('\n')[0]}`
  }
  return existsSync(SERVER) ? undefined : 'the package rabbitmq-server is not where it is expected'
}

/** Starts a server; rejects with its last lines when it does not come up. */
async function startRabbit(): Promise<RabbitServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lambent-rabbit-'))
  const [port, distributionPort, mapperPort] = await freePorts(3)
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    // Erlang's port mapper is a daemon that outlives its users, unless it is started by hand.
    ERL_EPMD_PORT: String(mapperPort),
    RABBITMQ_NODENAME: 'lambent@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: path.join(folder, 'data'),
    RABBITMQ_LOG_BASE: path.join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'plugins'),
    RABBITMQ_CONF_ENV_FILE: path.join(folder, 'none'),
    RABBITMQ_CONFIG_FILE: path.join(folder, 'none'),
  }
  await writeFile(environment.RABBITMQ_ENABLED_PLUGINS_FILE, '[rabbitmq_amqp1_0].')
  const mapper = spawn(PORT_MAPPER, ['-port', String(mapperPort), '-address', '127.0.0.1'], {
    stdio: 'ignore',
  })
  const begin = (): Promise<ChildProcess> => startServer(environment, port)
  let server: ChildProcess
  try {
    server = await begin()
  } catch (error) {
    await ended(mapper, 'SIGTERM')
    throw error
  }
  // A test run that is cut short leaves nothing behind.
  process.once('exit', () => {
    send(server, 'SIGKILL')
    send(mapper, 'SIGTERM')
  })
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    kill: () => ended(server, 'SIGKILL'),
    async restart() {
      server = await begin()
    },
    async stop() {
      await ended(server, 'SIGKILL')
      await ended(mapper, 'SIGTERM')
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function startServer(environment: Record<string, string>, port: number): Promise<ChildProcess> {
  // A group of its own: the script is a shell that starts the virtual machine.
  const server = spawn(SERVER, [], { env: environment, detached: true })
  let said = ''
  const listen = (chunk: Buffer): void => {
    said = (said + String(chunk)).slice(-2_000)
  }
  server.stdout.on('data', listen)
  server.stderr.on('data', listen)
  const untilMs = Date.now() + START_MS
  while (!said.includes('startup complete') || !(await isOpen(port))) {
    if (server.exitCode !== null || Date.now() > untilMs) {
      await ended(server, 'SIGKILL')
      throw new Error(`RabbitMQ did not start: ${said}`)
    }
    await pause(50)
  }
  return server
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('connect', () => socket.destroy())
    socket.on('error', () => resolve(false))
  })

async function ended(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  if (send(child, signal)) await exit
}

/** Also to the processes that the server has started; answers whether it is still there. */
function send({ pid, spawnfile }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return pid !== undefined && process.kill(spawnfile === SERVER ? -pid : pid, signal)
  } catch {
    return false
  }
}

async function freePorts(count: number): Promise<[number, number, number]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports as [number, number, number]
}
