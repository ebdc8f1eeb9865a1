import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type BrokerMapping as Engine, createBrokerMapping } from '../../mappings/index.ts'
import type {
  BrokerFacts,
  BrokerMapping,
  BrokerSettings,
  DeclaredMapping,
} from '../../services/lambda/index.ts'
import {
  type BrokerMappingSettings,
  type BrokerReader,
  brokerSources,
  type Trigger,
} from '../../sources/index.ts'
import type { Spec } from '../../spec/index.ts'
import type { Activity, Clock, Ids, Ledger, Log } from '../../system/index.ts'
import type { Doors } from '../doors.ts'
import type { RunningMapping, WantedMapping } from '../mappingSet.ts'
import { createActiveMqReader, type RheaPackage } from './activeMqReader.ts'
import { loadBrokerPackage } from './brokerPackage.ts'
import { declaredMapping, engineSettings } from './brokerSettings.ts'
import {
  type BrokerConnection,
  type BrokerSourceName,
  connectionOf,
  type DeclaredBroker,
  declaredBroker,
} from './connections.ts'
import { createKafkaReader, type KafkaPackage } from './kafkaReader.ts'
import { withoutCredentials } from './problem.ts'
import { type AmqpPackage, createRabbitReader } from './rabbitReader.ts'

/** Message brokers of one's own, and the mappings that read them. */
export interface Brokers {
  /**
   * The mappings that events of a spec ask for. From now on brokers are where this spec says; mappings that run and whose
   * broker is somewhere else now begin anew there. Throws a sentence when a package is missing that reads one of them.
   */
  readonly declare: (spec: Spec, triggers: readonly Trigger[]) => Promise<DeclaredMapping[]>
  /** The broker that such a mapping would read; `undefined` when nothing says where it is. */
  readonly find: (mapping: BrokerMapping) => Promise<BrokerFacts | undefined>
  /** Creates a mapping. */
  readonly mapping: (wanted: WantedMapping<BrokerSettings>) => RunningMapping<BrokerSettings>
}

export interface BrokersDependencies {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly ledger: Ledger
  readonly activity: Activity
  readonly invoke: (
    target: Pick<WantedMapping, 'functionName' | 'qualifier'>,
    event: Uint8Array,
    requestId: string,
    cause: string | undefined,
    door: BrokerSourceName,
  ) => ReturnType<Doors['run']>
}

const PACKAGES = { kafka: 'kafkajs', msk: 'kafkajs', rabbitmq: 'amqplib', activemq: 'rhea-promise' } as const

/** Opens nothing: a broker is connected to when a mapping reads it. */
export function createBrokers(firstSpec: Spec, on: BrokersDependencies): Brokers {
  let spec = firstSpec
  let declared: readonly DeclaredBroker[] = []
  const running = new Set<Reading>()

  const load = (source: BrokerSourceName): unknown =>
    loadBrokerPackage(PACKAGES[source], [path.resolve(spec.file), import.meta.url], `\`${source}\``)

  /** The engine on a reader of the right kind. */
  function engine(
    wanted: WantedMapping<BrokerSettings>,
    settings: BrokerMappingSettings,
    connection: BrokerConnection,
  ): Engine {
    const { source } = connection
    const create = <Message>(
      kind: Parameters<typeof createBrokerMapping<Message>>[0]['source'],
      reader: BrokerReader<Message>,
    ): Engine =>
      createBrokerMapping<Message>({
        ...on,
        functionName: wanted.functionName,
        settings,
        source: kind,
        reader,
        invoke: (event, requestId, cause) => on.invoke(wanted, event, requestId, cause, source),
      })
    switch (source) {
      case 'rabbitmq':
        return create(
          brokerSources.rabbitmq,
          createRabbitReader(load(source) as AmqpPackage, connection.endpoint, settings, on),
        )
      case 'activemq':
        return create(
          brokerSources.activemq,
          createActiveMqReader(load(source) as RheaPackage, connection.endpoint, settings, on),
        )
      case 'kafka':
      case 'msk':
        return create(
          brokerSources[source],
          createKafkaReader(load(source) as KafkaPackage, connection, settings, wanted.uuid, on),
        )
    }
  }

  const place = (mapping: BrokerMapping): BrokerConnection | undefined =>
    connectionOf(mapping, declared, spec.endpoints)

  /** A mapping of the API names secrets of AWS, which are not here. */
  function tellOfSecrets(
    { functionName, settings }: WantedMapping<BrokerSettings>,
    to: BrokerConnection,
  ): void {
    if (!('servers' in to) || to.login || !settings.sourceAccess.some(({ type }) => isSecret(type))) return
    on.log.warn(
      `mapping of ${functionName} to ${urlOf(to)}: its secret cannot be read here, so it connects without logging in`,
    )
  }

  /** A running mapping, which may move to another address of its broker. */
  class Reading implements RunningMapping<BrokerSettings> {
    readonly #wanted: WantedMapping<BrokerSettings>
    #connection: BrokerConnection
    #engine: Engine
    #isStarted = false
    settings: BrokerSettings

    constructor(wanted: WantedMapping<BrokerSettings>) {
      this.#wanted = wanted
      this.settings = wanted.settings
      this.#connection = this.#place()
      this.#engine = engine(wanted, engineSettings(wanted, this.#connection), this.#connection)
    }
    get problem(): string | undefined {
      return this.#engine.problem
    }
    get metrics(): Readonly<Record<string, number>> {
      return this.#engine.metrics
    }
    get lastProcessingResult(): string {
      return this.#engine.lastProcessingResult
    }
    start(): void {
      this.#isStarted = true
      running.add(this)
      this.#engine.start()
    }
    async update(settings: BrokerSettings): Promise<void> {
      this.settings = settings
      await this.#engine.update(engineSettings({ ...this.#wanted, settings }, this.#connection))
    }
    async stop(): Promise<void> {
      this.#isStarted = false
      running.delete(this)
      await this.#engine.stop()
    }
    /** Ends and begins anew when its broker is somewhere else now; one that is declared no longer is ended by others. */
    async move(): Promise<void> {
      const connection = place({ ...this.#wanted, settings: this.settings })
      if (!connection || isDeepStrictEqual(connection, this.#connection)) return
      await this.#engine.stop()
      this.#connection = connection
      const wanted = { ...this.#wanted, settings: this.settings }
      this.#engine = engine(wanted, engineSettings(wanted, connection), connection)
      if (this.#isStarted) this.#engine.start()
    }
    #place(): BrokerConnection {
      const connection = place(this.#wanted)
      if (connection) {
        tellOfSecrets(this.#wanted, connection)
        return connection
      }
      throw new Error(
        `nothing says where the broker ${this.#wanted.eventSourceArn} is: \`endpoints\` in ${spec.file} could`,
      )
    }
  }

  return {
    async declare(next, triggers) {
      const found = triggers.flatMap(({ functionName, source, config }) =>
        isBrokerSource(source) ? [declaredBroker(functionName, source, config, next.endpoints)] : [],
      )
      for (const { connection } of found) load(connection.source)
      spec = next
      declared = found
      await Promise.all([...running].map((one) => one.move()))
      return found.map(declaredMapping)
    },
    find(mapping) {
      const connection = place(mapping)
      return Promise.resolve(connection && { url: urlOf(connection) })
    },
    mapping: (wanted) => new Reading(wanted),
  }
}

const isBrokerSource = (source: string): source is BrokerSourceName => Object.hasOwn(brokerSources, source)

const isSecret = (accessType: string): boolean => !accessType.startsWith('VPC_')

const urlOf = (connection: BrokerConnection): string =>
  'servers' in connection ? connection.servers.join(',') : withoutCredentials(connection.endpoint)
