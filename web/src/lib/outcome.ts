import type { RouteLocationRaw } from 'vue-router'

import type { Outcome } from '@/api/schema'
import { factsOf, factsToQuery } from './facts'
import { pageOf } from './labels'

/** The page that shows this outcome again: the guide with its answers in the link. */
export function outcomeLink(outcome: Outcome): RouteLocationRaw {
  const facts = factsOf(outcome.facts)
  if (outcome.region) facts.region = outcome.region
  return { path: pageOf({ kind: outcome.target_kind, id: outcome.target }), query: factsToQuery(facts) }
}

/** As above for an item inside a bundle. */
export function itemLink(part: Outcome): RouteLocationRaw {
  return outcomeLink({ ...part, target_kind: 'item' })
}

/** What a person hears when the result is read out. */
export function spoken(outcome: Outcome): string {
  const papers = outcome.materials.filter((m) => m.submission !== 'exempt').map((m) => m.name)
  const parts = [
    outcome.title,
    outcome.situation,
    outcome.explanation,
    outcome.kind === 'handle' && papers.length ? `要带${papers.join('，')}` : '',
    outcome.kind === 'handle' ? outcome.limit.text : '',
    outcome.kind === 'handle' ? outcome.visits.text : '',
    outcome.kind === 'handle' ? outcome.fee.text : '',
    outcome.places[0] ? `办理地点${outcome.places[0].name}` : '',
  ]
  return parts.filter(Boolean).join('。')
}
