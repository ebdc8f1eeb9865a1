/** Where a text stops being JSON, and what was expected there. */
export interface JsonFault {
  readonly offset: number
  readonly expected: string
}

// JSON allows no control characters in strings, so the pattern has to name them.
// oxlint-disable no-control-regex
const TOKENS = {
  space: /[ \t\n\r]*/y,
  string: /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y,
  number: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y,
  word: /(?:true|false|null)\b/y,
}
// oxlint-enable no-control-regex

type State = 'value' | 'firstValue' | 'key' | 'firstKey' | 'end'

/** Finds the first fault of a text that `JSON.parse` refuses: its own messages do not always say where. */
export function findJsonFault(text: string): JsonFault | undefined {
  let offset = 0
  let state: State = 'value'
  const closers: ('}' | ']')[] = []

  const take = (token: RegExp): boolean => {
    token.lastIndex = offset
    const found = token.exec(text)
    if (!found) return false
    offset += found[0].length
    return true
  }
  const takeCharacter = (character: string): boolean => {
    if (text[offset] !== character) return false
    offset++
    return true
  }
  const close = (): State => {
    closers.pop()
    return 'end'
  }

  for (;;) {
    take(TOKENS.space)
    switch (state) {
      case 'firstValue':
      case 'value':
        if (state === 'firstValue' && takeCharacter(']')) state = close()
        else if (takeCharacter('{')) {
          closers.push('}')
          state = 'firstKey'
        } else if (takeCharacter('[')) {
          closers.push(']')
          state = 'firstValue'
        } else if (take(TOKENS.string) || take(TOKENS.number) || take(TOKENS.word)) state = 'end'
        else return { offset, expected: state === 'firstValue' ? 'a value or ]' : 'a value' }
        break
      case 'firstKey':
      case 'key':
        if (state === 'firstKey' && takeCharacter('}')) state = close()
        else if (!take(TOKENS.string)) {
          return {
            offset,
            expected: state === 'firstKey' ? 'a key in double quotes or }' : 'a key in double quotes',
          }
        } else {
          take(TOKENS.space)
          if (!takeCharacter(':')) return { offset, expected: ': after the key' }
          state = 'value'
        }
        break
      case 'end': {
        const closer = closers.at(-1)
        if (closer === undefined)
          return offset === text.length ? undefined : { offset, expected: 'nothing more' }
        if (takeCharacter(closer)) state = close()
        else if (takeCharacter(',')) state = closer === '}' ? 'key' : 'value'
        else return { offset, expected: `, or ${closer}` }
      }
    }
  }
}
