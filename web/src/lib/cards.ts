import type { ChatMessage, Link, Outcome, PlaceShown, RehearsalShown } from '@/api/schema'
import { isKind } from './labels'

type Card = ChatMessage['card']

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The first list of records in a card, whatever its field is called. */
function rows(card: Card): Record<string, unknown>[] {
  const list = Object.values(card ?? {}).find((v) => Array.isArray(v))
  return Array.isArray(list) ? list.filter(isRecord) : []
}

/** A guide or bundle card; null when it is not one, so that the message's text stands alone. */
export function outcomeCard(card: Card): Outcome | null {
  return isRecord(card) && typeof card.target === 'string' && Array.isArray(card.materials) ? (card as unknown as Outcome) : null
}

export function placeCard(card: Card): PlaceShown[] {
  return rows(card).filter((r) => typeof r.name === 'string' && Array.isArray(r.phones)) as unknown as PlaceShown[]
}

export function rehearsalCard(card: Card): RehearsalShown[] {
  return rows(card).filter((r) => text(r.id) && text(r.title)) as unknown as RehearsalShown[]
}

export function linkCard(card: Card): Link[] {
  return rows(card)
    .map((r) => ({ id: text(r.id), kind: text(r.kind), title: text(r.title), summary: text(r.summary) || text(r.why) }))
    .flatMap(({ kind, ...rest }) => (rest.id && isKind(kind) ? [{ ...rest, kind }] : []))
}

export interface Contact {
  name: string
  phone: string
  note: string
}

/** Whom to call: a hand-over names one line, an emergency gives numbers. */
export function contactCard(card: Card): Contact[] {
  if (typeof card?.phone === 'string') {
    return [{ name: text(card.name), phone: card.phone, note: text(card.description) }]
  }
  const numbers: unknown[] = Array.isArray(card?.numbers) ? card.numbers : []
  return numbers.filter((n) => typeof n === 'string').map((phone) => ({ name: '', phone, note: '' }))
}
