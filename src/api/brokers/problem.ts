/** What went wrong at a broker, in one sentence for people. */
export class BrokerProblem extends Error {
  /** The system's or the client's word for it: `ECONNREFUSED`. */
  readonly code: string

  /** `where` names the broker and has no credentials in it: `amqp://127.0.0.1:5672`. */
  constructor(cause: unknown, where: string) {
    super(sentenceOf(cause, where), { cause })
    this.name = 'BrokerProblem'
    this.code = codeOf(cause)
  }
}

function sentenceOf(error: unknown, where: string): string {
  if (isFromSystem(codeOf(error)))
    return `${where} cannot be reached; is the broker running, and is that its address?`
  return `${where}: ${error instanceof Error && error.message !== '' ? error.message : codeOf(error)}`
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node tries several addresses of a host, and the error of all of them together has a code and no text.
  const { code } = error as NodeJS.ErrnoException
  return typeof code === 'string' && isFromSystem(code) ? code : error.name
}

const isFromSystem = (code: string): boolean => /^E[A-Z]+$/.test(code)

/** The URL without its credentials. */
export function withoutCredentials(endpoint: string): string {
  const url = new URL(endpoint)
  return `${url.protocol}//${url.host}`
}
