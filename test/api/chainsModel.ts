import { FUNCTIONS, QUEUES, RULES, type Target, TOPICS, WITHOUT_TIME } from './chainsShop.ts'

/** What travels through the application: who it is, and where it makes handlers fail. */
export interface Token {
  /** Unique over all steps and seeds. */
  readonly id: string
  /** When it was injected, clock time. */
  readonly atMs: number
  /** How often each function fails with it before it succeeds. */
  readonly fails: Readonly<Record<string, number>>
  /** Where it fails, the process of the handler ends; batches are spared, since others would fail with it. */
  readonly crashes: boolean
  readonly size: number
}

/** One thing that comes in from outside. */
export type Injection =
  | { readonly kind: 'send'; readonly queue: string; readonly delaySeconds?: number }
  | { readonly kind: 'publish'; readonly topic: string; readonly isLoud: boolean }
  | { readonly kind: 'putEvent' }
  | { readonly kind: 'invoke'; readonly functionName: string; readonly byCode: boolean }
  | { readonly kind: 'putObject' }

/**
 * What an event is wrapped in, from the outside in, up to the token: `sns(news,,+0)<record(first,Success,1,did first,+0)<7`.
 * See `chainsTrail.ts`, which tells the same of an event that is really there.
 */
type Trail = string

/**
 * Everything that comes of one injection, line by line: each invocation with its function, its time since the
 * injection, its attempt and its outcome, each record of a destination, each thing that stays in
 * a queue or bucket, each publication. Pure.
 */
export function predict(injection: Injection, token: Token): string[] {
  const lines: string[] = []
  const failsOf = (functionName: string): number => token.fails[functionName] ?? 0

  const failure = (functionName: string): string => (token.crashes ? CRASHED : `${functionName} fails`)

  function send(queue: string, trail: Trail, atMs: number): void {
    const { delaySeconds = 0 } = QUEUES[queue] ?? {}
    arrive(queue, trail, atMs + delaySeconds * 1_000)
  }

  /** A message becomes visible. What it was received before in another queue counts on. */
  function arrive(queue: string, trail: Trail, atMs: number, before = 0): void {
    const { reader, redrive, visibilitySeconds = 30 } = QUEUES[queue] ?? {}
    if (!reader) {
      lines.push(`queue ${queue}: ${trail}`)
      return
    }
    const { functionName } = reader
    const most = redrive?.maxReceiveCount ?? Infinity
    let visibleMs = atMs
    for (let receives = before + 1; receives <= most; receives++) {
      const hasFailed = receives <= failsOf(functionName)
      const outcome = reader.reportsItems ? '' : hasFailed ? ' functionError' : ' success'
      lines.push(`${functionName} ${whenOf(functionName, visibleMs)} receive ${receives}${outcome}: ${trail}`)
      if (hasFailed) {
        visibleMs += visibilitySeconds * 1_000
        continue
      }
      const { publishes } = FUNCTIONS[functionName] ?? {}
      if (publishes) publish(publishes, token.id, visibleMs, '')
      return
    }
    if (redrive) arrive(redrive.queue, trail, visibleMs, Math.max(before, most))
  }

  function publish(topic: string, trail: Trail, atMs: number, label: string): void {
    lines.push(`published to ${topic}`)
    for (const { to, isRaw } of TOPICS[topic] ?? []) {
      const [kind, name] = partsOf(to)
      const notification = `sns(${topic},${label},+${atMs})<${trail}`
      if (kind === 'lambda') invoke(name, notification, atMs)
      else send(name, isRaw ? `${labelled(label)}${trail}` : notification, atMs)
    }
  }

  function put(detailType: string, trail: Trail, atMs: number): void {
    lines.push('put on shop')
    for (const { matches, to, onlyDetail } of RULES) {
      if (!matches({ detailType, size: token.size })) continue
      const input = onlyDetail ? trail : `bus(${detailType})<${trail}`
      const [kind, name] = partsOf(to)
      if (kind === 'lambda') invoke(name, input, atMs)
      else send(name, input, atMs)
    }
  }

  function invoke(functionName: string, trail: Trail, atMs: number): void {
    const { reserved, retries = 2, ageSeconds = 21_600 } = FUNCTIONS[functionName] ?? {}
    const endsAs = (condition: string, attempts: number, runMs: number): void =>
      conclude(functionName, trail, { condition, attempts, atMs: runMs })
    if (reserved === 0) {
      endsAs('ZeroReservedConcurrency', 0, atMs)
      return
    }
    for (let attempt = 1, runMs = atMs; ; attempt++) {
      const hasFailed = attempt <= failsOf(functionName)
      const outcome = hasFailed ? 'functionError' : 'success'
      lines.push(`${functionName} ${whenOf(functionName, runMs)} attempt ${attempt} ${outcome}: ${trail}`)
      const nextMs = runMs + (attempt === 1 ? 60_000 : 120_000)
      const condition = !hasFailed
        ? 'Success'
        : attempt > retries
          ? 'RetriesExhausted'
          : nextMs - atMs >= ageSeconds * 1_000
            ? 'EventAgeExceeded'
            : undefined
      if (condition !== undefined) {
        endsAs(condition, attempt, runMs)
        return
      }
      runMs = nextMs
    }
  }

  function conclude(
    functionName: string,
    trail: Trail,
    { condition, attempts, atMs }: { condition: string; attempts: number; atMs: number },
  ): void {
    const node = FUNCTIONS[functionName] ?? {}
    const isSuccess = condition === 'Success'
    const answer = attempts === 0 ? 'nothing' : isSuccess ? `did ${functionName}` : failure(functionName)
    const record = `record(${functionName},${condition},${attempts},${answer},+${atMs})<${trail}`
    const destination = isSuccess ? node.onSuccess : node.onFailure
    const detailType = `Lambda Function Invocation Result - ${isSuccess ? 'Success' : 'Failure'}`
    if (destination) {
      lines.push(`to ${isSuccess ? 'onSuccess' : 'onFailure'}: ${record}`)
      deliver(destination, record, atMs, '', detailType)
    }
    if (!isSuccess && node.onError) deliver(node.onError, trail, atMs, `letter: ${answer}`, '')
  }

  function deliver(to: Target, trail: Trail, atMs: number, label: string, detailType: string): void {
    const [kind, name] = partsOf(to)
    switch (kind) {
      case 'sqs':
        return send(name, `${labelled(label)}${trail}`, atMs)
      case 'sns':
        return publish(name, trail, atMs, label)
      case 'lambda':
        return invoke(name, trail, atMs)
      case 'events':
        return put(detailType, trail, atMs)
      case 's3':
        lines.push(`bucket ${name}: ${trail}`)
    }
  }

  switch (injection.kind) {
    case 'send':
      // A message's own delay takes the place of the queue's.
      if (injection.delaySeconds === undefined) send(injection.queue, token.id, 0)
      else arrive(injection.queue, token.id, injection.delaySeconds * 1_000)
      break
    case 'publish':
      publish(injection.topic, token.id, 0, injection.isLoud ? 'loud' : '')
      break
    case 'putEvent':
      put('Order', token.id, 0)
      break
    case 'invoke':
      invoke(injection.functionName, token.id, 0)
      break
    case 'putObject':
      lines.push(`bucket uploads: ${token.id}`)
  }
  return lines
}

/** What stands for Lambda's words about a process that ended, which name the request. */
export const CRASHED = 'crash'

/** A time, unless it depends on what other tokens do. */
export const whenOf = (functionName: string, sinceMs: number): string =>
  WITHOUT_TIME.has(functionName) ? 'some time' : `+${sinceMs}`

/** What a message's attributes say, in front of its body. */
export const labelled = (label: string): string => (label === '' ? '' : `[${label}]`)

function partsOf(target: Target): readonly [string, string] {
  const [kind = '', name = ''] = target.split(':')
  return [kind, name]
}
