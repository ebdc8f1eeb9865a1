import type { Store } from '../../store/index.ts'
import type { Clock, JsonObject, Log } from '../../system/index.ts'
import { busArnOf, busNameIn, defaultBusName, type Identity } from './arns.ts'
import * as errors from './errors.ts'
import { type EventsLimits } from './options.ts'
import { type Rule, type RuleRecord, ruleOf, type Tags } from './rule.ts'
import { indexRules, type RuleIndex } from './ruleIndex.ts'

/** A bus as it is kept in the store. */
export interface BusRecord extends JsonObject {
  /** `Description`, `KmsKeyIdentifier`, `DeadLetterConfig`, `LogConfig` in the API's shape. */
  readonly settings: JsonObject
  readonly tags: Tags
  readonly createdMs: number
  readonly modifiedMs: number
}

export interface Bus {
  readonly name: string
  readonly arn: string
  readonly record: BusRecord
  /** By name. */
  readonly rules: ReadonlyMap<string, Rule>
  readonly index: RuleIndex
}

interface Edges {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly identity: Identity
  readonly limits: EventsLimits
  /** Called after every change of rules or targets. */
  readonly changed: () => void
}

const busTable = 'events/buses'
const ruleTable = 'events/rules'

/** All buses of the account with their rules; the default bus is always there. */
export class Buses {
  readonly edges: Edges
  readonly #byName = new Map<string, OneBus>()

  constructor(edges: Edges) {
    this.edges = edges
    this.#load()
  }

  /** Reads everything again: after the store was emptied. */
  reload(): void {
    this.#load()
    this.edges.changed()
  }

  #load(): void {
    const { store, clock, log, identity } = this.edges
    this.#byName.clear()
    const nowMs = clock.now()
    this.#add(defaultBusName, { settings: {}, tags: {}, createdMs: nowMs, modifiedMs: nowMs })
    for (const [name, record] of store.list(busTable)) this.#add(name, record as BusRecord)
    for (const [key, record] of store.list(ruleTable)) {
      const [busName = '', name = ''] = key.split('/')
      const bus = this.#byName.get(busName)
      try {
        bus?.set(ruleOf(identity, busName, name, record as RuleRecord))
      } catch (error) {
        log.error(`rule ${name} of event bus ${busName} cannot be read`, error)
      }
    }
  }

  get(name: string): Bus | undefined {
    return this.#byName.get(name)
  }

  /** In the order of their names. */
  all(): readonly Bus[] {
    return [...this.#byName.values()].sort(byName)
  }

  /** The bus of a name or an ARN, the default bus for neither. Throws AWS's error when there is none. */
  named(nameOrArn: string | undefined): Bus {
    const name = busNameIn(this.edges.identity, nameOrArn)
    const bus = this.#byName.get(name)
    if (!bus) throw errors.busDoesNotExist(name)
    return bus
  }

  async create(name: string, settings: JsonObject, tags: Tags): Promise<Bus> {
    const nowMs = this.edges.clock.now()
    const record: BusRecord = { settings, tags, createdMs: nowMs, modifiedMs: nowMs }
    await this.edges.store.set(busTable, name, record)
    return this.#byName.get(name) ?? this.#add(name, record)
  }

  async setTags({ name }: Bus, tags: Tags): Promise<void> {
    const bus = this.#byName.get(name)
    if (!bus) throw errors.busDoesNotExist(name)
    const record = { ...bus.record, tags, modifiedMs: this.edges.clock.now() }
    bus.record = record
    await this.edges.store.set(busTable, name, record)
  }

  /** Removes a bus with its rules. */
  async remove({ name, rules }: Bus): Promise<void> {
    this.#byName.delete(name)
    this.edges.changed()
    await this.edges.store.apply([
      { kind: 'remove', table: busTable, key: name },
      ...[...rules.keys()].map((rule) => ({
        kind: 'remove' as const,
        table: ruleTable,
        key: `${name}/${rule}`,
      })),
    ])
  }

  // ---- rules -----------------------------------------------------------------------------------------------------

  /** Throws AWS's error when there is no such rule. */
  rule(busNameOrArn: string | undefined, name: string): Rule {
    const bus = this.named(busNameOrArn)
    const rule = bus.rules.get(name)
    if (!rule) throw errors.ruleDoesNotExist(name, bus.name)
    return rule
  }

  /** Makes a rule, or puts another in its place. Throws when its bus is full. */
  async putRule({ name: busName }: Bus, name: string, record: RuleRecord): Promise<Rule> {
    const { store, identity, limits, changed } = this.edges
    const bus = this.#byName.get(busName)
    if (!bus) throw errors.busDoesNotExist(busName)
    const previous = bus.rules.get(name)
    if (!previous && bus.rules.size >= limits.rulesPerBus) throw errors.limitExceeded()
    const rule = ruleOf(identity, busName, name, record)
    // Set before it is durable, so that of two changes at once the second builds on the first.
    bus.set(rule)
    try {
      await store.set(ruleTable, `${busName}/${name}`, record)
    } catch (error) {
      if (bus.rules.get(name) === rule) bus.set(previous, name)
      throw error
    }
    changed()
    return rule
  }

  /** Changes some of what is kept of a rule. */
  changeRule(rule: Rule, change: Partial<RuleRecord>): Promise<Rule> {
    const { busName, name } = rule
    const current = this.rule(busName, name)
    return this.putRule(this.named(busName), name, { ...current.record, ...change })
  }

  async removeRule({ busName, name }: Rule): Promise<void> {
    this.#byName.get(busName)?.set(undefined, name)
    this.edges.changed()
    await this.edges.store.remove(ruleTable, `${busName}/${name}`)
  }

  #add(name: string, record: BusRecord): OneBus {
    const bus = new OneBus(name, busArnOf(this.edges.identity, name), record)
    this.#byName.set(name, bus)
    return bus
  }
}

/** One bus; its index is made when the first event after a change comes. */
class OneBus implements Bus {
  readonly name: string
  readonly arn: string
  record: BusRecord
  readonly #rules = new Map<string, Rule>()
  #index: RuleIndex | undefined

  constructor(name: string, arn: string, record: BusRecord) {
    this.name = name
    this.arn = arn
    this.record = record
  }

  get rules(): ReadonlyMap<string, Rule> {
    return this.#rules
  }

  get index(): RuleIndex {
    return (this.#index ??= indexRules(this.#rules.values()))
  }

  set(rule: Rule): void
  set(rule: Rule | undefined, name: string): void
  set(rule: Rule | undefined, name = rule?.name ?? ''): void {
    if (rule) this.#rules.set(name, rule)
    else this.#rules.delete(name)
    this.#index = undefined
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1
