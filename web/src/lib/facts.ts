import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import type { KnownFact } from '@/api/schema'

export type FactValue = boolean | number | string
export type Facts = Record<string, FactValue>

/** The version of the content that a link was made with; not a fact. */
const VERSION = 'v'
const FACT_NAME = /^[A-Za-z0-9_-]{1,60}$/

const REGION = 'region'
const NUMBER = /^-?\d+(\.\d+)?$/

/** Region codes look like numbers and are none; choice values never do. */
function valueOf(name: string, text: string): FactValue {
  if (text === 'true' || text === 'false') return text === 'true'
  return name !== REGION && NUMBER.test(text) ? Number(text) : text
}

/** Facts as the link's query string carries them; names that cannot be facts are left out. */
export function factsFromQuery(query: LocationQuery): Facts {
  const facts: Facts = {}
  for (const [name, raw] of Object.entries(query)) {
    const value = Array.isArray(raw) ? raw[0] : raw
    if (name === VERSION || !FACT_NAME.test(name) || value === null || value === undefined || value === '') continue
    facts[name] = valueOf(name, value)
  }
  return facts
}

export function factsToQuery(facts: Facts): LocationQueryRaw {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, String(value)]))
}

export function factsOf(known: readonly KnownFact[]): Facts {
  return Object.fromEntries(known.map((k) => [k.fact, k.value]))
}

export function without(facts: Facts, name: string): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([key]) => key !== name))
}
