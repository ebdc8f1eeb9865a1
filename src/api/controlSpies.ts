import type { App } from './types.ts'

type Spies = Pick<App, 'function' | 'topic' | 'bus' | 'bucket' | 'stream' | 'destination'>

/** What the spies show, for other languages; `undefined` when the path names none. */
export function spiedItems(app: Spies, path: readonly string[]): { items: readonly unknown[] } | undefined {
  const [kind, name = '', part, last] = path
  switch (`${kind} ${part}`) {
    case 'functions invocations':
      return { items: app.function(name).messages() }
    case 'topics messages':
      return { items: app.topic(name).messages() }
    case 'buses events':
      return { items: app.bus(name).messages() }
    case 'buckets objects':
      return { items: app.bucket(name).messages() }
    case 'streams records':
      return { items: app.stream(name).messages() }
    case 'destinations onSuccess':
      return last === 'records' ? { items: app.destination(name, 'onSuccess').messages() } : undefined
    case 'destinations onFailure':
      return last === 'records' ? { items: app.destination(name, 'onFailure').messages() } : undefined
    default:
      return undefined
  }
}
