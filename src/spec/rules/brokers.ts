import { lineAndColumn } from '../source.ts'
import { nodeAt, pathOf } from '../nodes.ts'
import { below, type Rule } from './rule.ts'

const EXAMPLES = {
  kafka: { own: 'bootstrapServers', endpoint: 'kafka', example: '127.0.0.1:9092' },
  msk: { own: 'bootstrapServers', endpoint: 'kafka', example: '127.0.0.1:9092' },
  rabbitmq: { own: 'endpoint', endpoint: 'rabbitmq', example: 'amqp://guest:guest@127.0.0.1:5672' },
  activemq: { own: 'endpoint', endpoint: 'activemq', example: 'amqp://admin:admin@127.0.0.1:5672' },
} as const

const isBroker = (source: string): source is keyof typeof EXAMPLES => Object.hasOwn(EXAMPLES, source)

/** Brokers are not hosted here: each event has to say where its broker is, and how to log in there. */
export const brokers: Rule = ({ spec, root, report }) => {
  for (const { key, events } of spec.functions) {
    const seen = new Map<string, string>()
    for (const { source, config, pointer } of events) {
      if (!isBroker(source)) continue
      const read = [source, config['arn'], config['virtualHost'], config['queue'], config['topic']].join('\n')
      const earlier = seen.get(read)
      if (earlier !== undefined) {
        const message = `\`${key}\` reads this ${config['topic'] === undefined ? 'queue' : 'topic'} already`
        const { line } = lineAndColumn(below(root, earlier))
        report.problem(
          below(root, pointer),
          message,
          `expected one event for each: the first is on line ${line}`,
        )
      }
      seen.set(read, pointer)
      const { own, endpoint, example } = EXAMPLES[source]
      const where = config[own] ?? spec.endpoints[endpoint]
      if (where === undefined) {
        // One that is wrong was complained about already.
        if (nodeAt(root, [...pathOf(pointer), own]) !== undefined) continue
        const message = `nothing says where the broker of this \`${source}\` event is`
        const given = own === 'endpoint' ? `\`endpoint: ${example}\`` : `\`bootstrapServers: ['${example}']\``
        const hint = `expected ${given}, or \`endpoints: { ${endpoint}: '${example}' }\`: brokers are not hosted here`
        report.problem(below(root, pointer), message, hint)
      } else if (own === 'endpoint' && config['basicAuthArn'] !== undefined && !hasUser(where)) {
        const message = 'the secret of `basicAuthArn` cannot be read here'
        const hint = `expected what it holds in \`endpoint\` or \`endpoints.${endpoint}\`: \`amqp://user:password@127.0.0.1:5672\``
        report.problem(below(root, pointer, 'basicAuthArn'), message, hint)
      }
    }
  }
}

const hasUser = (url: unknown): boolean =>
  typeof url === 'string' && URL.canParse(url) && new URL(url).username !== ''
