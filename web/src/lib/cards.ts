import type { ChatMessage, Link, Outcome, PlaceShown } from '@/api/schema'
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

/** Phones of a hand-over: strings or records with a number. */
export function contactCard(card: Card): Contact[] {
  const list = Object.values(card ?? {}).find((v) => Array.isArray(v))
  if (!Array.isArray(list)) return []
  return list
    .map((entry: unknown): Contact => {
      if (typeof entry === 'string') return { name: '', phone: entry, note: '' }
      if (!isRecord(entry)) return { name: '', phone: '', note: '' }
      return {
        name: text(entry.name) || text(entry.label),
        phone: text(entry.phone) || text(entry.number),
        note: text(entry.note) || text(entry.text) || text(entry.hours),
      }
    })
    .filter((c) => c.phone)
}
