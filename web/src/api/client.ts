import createClient from 'openapi-fetch'

import type { paths } from './schema'
import { ApiProblem, type ProblemBody } from './problem'

const REQUEST_MS = 20_000
/** An import, a check of everything, a publish while a search server is lost: as long as nginx waits. */
const MAINTAIN_MS = 120_000
const NO_CONTENT = 204

/** Every request gives up in the end, so that no page waits for ever. */
async function fetchInTime(request: Request): Promise<Response> {
  const patient = new URL(request.url).pathname.startsWith('/v1/maintain/')
  const timeout = AbortSignal.timeout(patient ? MAINTAIN_MS : REQUEST_MS)
  return await fetch(new Request(request, { signal: AbortSignal.any([request.signal, timeout]) }))
}

// An absolute address: Request refuses relative ones outside a page (tests).
export const client = createClient<paths>({ baseUrl: window.location.origin, fetch: fetchInTime })

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a call that went well; throws `ApiProblem` with the server's own words otherwise. */
export async function read<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw ApiProblem.unreachable(error)
  }
  const nothing = answer.response.status === NO_CONTENT
  if (answer.response.ok && (nothing || answer.data !== undefined)) return answer.data as T
  throw ApiProblem.from(answer.response.status, answer.error as ProblemBody)
}
