import { branchFor, type Definitions, dereference, valuesOf } from '../branches.ts'
import { expectation } from '../expectations.ts'
import type { JsonSchema } from '../jsonSchema.ts'
import { buildGrammar, type Grammar } from './build.ts'
import type { EventFragment } from './event.ts'

/** What no schema says: how a value may be written, whatever the key. */
const HEAD = `<!-- Generated from the schema by \`npm run schema\`: do not edit. -->

# \`lambda.yml\`

Every key of the file, its values and defaults. A short example is in the [README](../README.md); \`lambent validate\` checks a
file, and editors complete it with this as its first line:

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/lambent/schema/lambda.schema.json
\`\`\`

The grammar of \`functions:\` is the Serverless Framework's. What this version does not support is refused with its place in
the file and what to do instead; no setting is accepted and ignored.

## Values

- **Durations** are a number of seconds, or text such as \`90s\`, \`5m\`, \`1h30m\` or \`2d\`.
- **References** name a queue or a function: \`sqs:orders\`, \`lambda:report\`, or a full ARN. A queue that is used but not declared
  is created with AWS's defaults; a function must be in the file.
- YAML anchors, aliases and merge keys (\`<<\`) work as usual.

| Variable | Stands for |
|---|---|
| \`\${env:NAME}\` | an environment variable; an empty one counts as unset. Where a number or truth value is asked for, its text becomes one |
| \`\${self:custom.stage}\` | another value of this file |
| \`\${file(config.yml):database.url}\` | a YAML or JSON file, or a part of it; any other file as text. The path starts at the folder of \`lambda.yml\` |
| \`\${env:STAGE, self:custom.stage, 'dev'}\` | the first that has a value |
| \`\\\${\` | a plain \`\${\` |

A variable may stand for a whole value, be a part of a text, or be a part of another variable: \`\${self:custom.\${env:STAGE}.url}\`.
Inside \`{ }\` and \`[ ]\` it needs quotes.

| CloudFormation | Gives |
|---|---|
| \`!Ref orders\` | a queue's URL, a function's name, or \`AWS::Region\`, \`AWS::AccountId\`, \`AWS::Partition\`, \`AWS::URLSuffix\` |
| \`!GetAtt orders.Arn\` | \`Arn\` of a queue or function; also \`QueueName\` and \`QueueUrl\` of a queue |
| \`!Sub "queue \${orders.Arn} in \${AWS::Region}"\` | a text with any of these in it |

They work for the queues and functions of this file, as do their long forms (\`Ref:\`, \`Fn::GetAtt:\`, \`Fn::Sub:\`).`

/** A mapping of the file that has a section, and so a heading to link to. */
interface Section {
  readonly heading: string
  readonly schema: JsonSchema
  readonly about: readonly string[]
}

/** `docs/lambda-yml.md`: the grammar for people. */
export function referencePage(fragments: readonly EventFragment[]): string {
  const grammar = buildGrammar(fragments)
  const sections = sectionsOf(grammar, fragments)
  const headings = new Map(sections.map(({ schema, heading }) => [schema, heading]))
  return `${[HEAD, ...sections.map((section) => render(section, headings, grammar))].join('\n\n')}\n`
}

/** Every mapping with keys of its own, from the file itself down to the last setting; each once. */
function sectionsOf(grammar: Grammar, fragments: readonly EventFragment[]): Section[] {
  const sections: Section[] = []
  const visit = (schema: JsonSchema, path: string): void => {
    const target = objectOf(schema, grammar.definitions)
    if (target === undefined || sections.some((section) => section.schema === target)) return
    const { properties, additionalProperties, description = '' } = target
    if (properties !== undefined) {
      const heading = path === '' ? 'Top level' : `\`${path}\``
      const shared = path === 'functions.NAME' ? [FROM_PROVIDER] : []
      sections.push({ heading, schema: target, about: [description, ...shared] })
    }
    for (const [key, property] of Object.entries(properties ?? {})) visit(property, joined(path, key))
    for (const fragment of properties?.['events'] === undefined ? [] : fragments) {
      sections.push(eventSection(fragment))
      for (const [key, property] of Object.entries(fragment.schema.properties ?? {}))
        visit(property, joined(fragment.name, key))
    }
    if (typeof additionalProperties === 'object') visit(additionalProperties, joined(path, 'NAME'))
  }
  visit(grammar, '')
  return sections
}

const FROM_PROVIDER =
  'What it leaves out of `runtime`, `timeout`, `memorySize`, `layers` and `tracing` comes from `provider`, as do environment variables and keys of `logs` that it does not set itself.'

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** The mapping that a schema is or allows beside other forms. */
function objectOf(schema: JsonSchema, definitions: Definitions): JsonSchema | undefined {
  return branchFor({ kind: 'map', entries: [], place: NOWHERE }, schema, definitions)
}

const NOWHERE = { source: { file: '', text: '' }, start: 0, end: 0 }

function eventSection(fragment: EventFragment): Section {
  const { name, description, schema, shorthand, reads } = fragment
  const keys = reads?.keys ?? []
  const example = { [name]: fragment.examples.at(-1) }
  const short = shorthand?.examples?.[0]
  const choice = keys.length > 1 ? [`Exactly one of ${listed(keys)} is given.`] : []
  const shortForm = short === undefined ? [] : [`Short form: \`- ${name}: ${flow(short)}\`.`]
  const about = [description, ...choice, ...shortForm, `For example: \`- ${flow(example).slice(2, -2)}\`.`]
  return { heading: `Event \`${name}\``, schema, about }
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

function render(
  { heading, schema, about }: Section,
  headings: ReadonlyMap<JsonSchema, string>,
  grammar: Grammar,
): string {
  const required = new Set(schema.required)
  const rows = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const cells = [
      `\`${key}\``,
      valueCell(property, headings, grammar),
      required.has(key) ? 'required' : defaultCell(property, grammar.definitions),
      meaningCell(property, grammar.definitions),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  const table = ['| Key | Value | Default | |', '|---|---|---|---|', ...rows].join('\n')
  return [`## ${heading}`, about.filter(Boolean).join(' '), ...(rows.length > 0 ? [table] : [])].join('\n\n')
}

function valueCell(
  property: JsonSchema,
  headings: ReadonlyMap<JsonSchema, string>,
  grammar: Grammar,
): string {
  const { definitions } = grammar
  const text = expectation(property, definitions)
    .replace(definitions['duration']?.title ?? '', 'a [duration](#values)')
    .replace('a mapping (`key: value`)', 'a mapping')
  if (property.type === 'array' && property.items?.$ref === '#/definitions/event') {
    const names = Object.keys(definitions).flatMap((name) => /^(\w+)Event$/.exec(name)?.slice(1) ?? [])
    return `a list, each one of ${names.map((name) => link(name, `Event \`${name}\``)).join(', ')}`
  }
  const heading = headingBelow(property, headings, definitions)
  if (heading === undefined) return text
  return text.includes('a mapping')
    ? text.replace('a mapping', link('a mapping', heading))
    : `${text} (${link('long form', heading)})`
}

/** The section about the mapping that a value is, or about what the mapping holds by name. */
function headingBelow(
  property: JsonSchema,
  headings: ReadonlyMap<JsonSchema, string>,
  definitions: Definitions,
): string | undefined {
  const target = objectOf(property, definitions)
  if (target === undefined) return undefined
  const inner = typeof target.additionalProperties === 'object' ? target.additionalProperties : undefined
  return headings.get(target) ?? (inner && headings.get(objectOf(inner, definitions) ?? {}))
}

function link(text: string, heading: string): string {
  const anchor = heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')
  return `[${text}](#${anchor})`
}

function defaultCell(property: JsonSchema, definitions: Definitions): string {
  const value = property.default ?? dereference(property, definitions).default
  return value === undefined || value === '' ? '' : `\`${flow(value)}\``
}

function meaningCell(property: JsonSchema, definitions: Definitions): string {
  const target = dereference(property, definitions)
  const values = (target.oneOf ?? []).flatMap(({ const: value, description }) =>
    value === undefined ? [] : [`\`${flow(value)}\`: ${withoutStop(description ?? '')}`],
  )
  const parts = [
    property.description ?? target.description ?? '',
    values.length > 0 ? `${values.join('; ')}.` : '',
  ]
  const example = property.examples?.[0] ?? target.examples?.[0]
  const isShown = example === undefined || valuesOf(target) !== undefined || example === target.default
  if (!isShown && !expectation(property, definitions).includes(`\`${flow(example)}\``))
    parts.push(`Example: \`${flow(example)}\`.`)
  return parts.filter(Boolean).join(' ')
}

function withoutStop(sentence: string): string {
  const text = sentence.replace(/\.$/, '')
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** A value as YAML on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  const isPlain = typeof value !== 'string' || /^[\w/][\w/.:() -]*$/.test(value)
  return isPlain ? String(value) : `'${value}'`
}
