/** `<name>content</name>`, or `<name/>` when there is nothing inside. `content` is XML already. */
export const element = (name: string, content: string): string =>
  content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`

/** Text as it stands between tags. AWS escapes quotes there too, and carriage returns, which parsers would eat. */
export function escapeXml(text: string): string {
  return needsEscape.test(text) ? text.replace(escapable, (character) => entities[character] ?? '') : text
}

const needsEscape = /[&<>"\r]/
const escapable = /[&<>"\r]/g
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
}
