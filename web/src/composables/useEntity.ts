import { client, read } from '@/api/client'
import type { BundlePage, FaqPage, ItemPage, MaterialPage, PlacePage, PolicyPage, RehearsalPage, RelatedEntry } from '@/api/schema'
import { useLoad, type Loaded } from './useLoad'

const path = (id: string) => ({ params: { path: { id } } })

const GET = {
  item: (id: string, signal: AbortSignal): Promise<ItemPage> => read(client.GET('/v1/items/{id}', { ...path(id), signal })),
  bundle: (id: string, signal: AbortSignal): Promise<BundlePage> =>
    read(client.GET('/v1/bundles/{id}', { ...path(id), signal })),
  faq: (id: string, signal: AbortSignal): Promise<FaqPage> => read(client.GET('/v1/faqs/{id}', { ...path(id), signal })),
  policy: (id: string, signal: AbortSignal): Promise<PolicyPage> =>
    read(client.GET('/v1/policies/{id}', { ...path(id), signal })),
  material: (id: string, signal: AbortSignal): Promise<MaterialPage> =>
    read(client.GET('/v1/materials/{id}', { ...path(id), signal })),
  place: (id: string, signal: AbortSignal): Promise<PlacePage> =>
    read(client.GET('/v1/places/{id}', { ...path(id), signal })),
  rehearsal: (id: string, signal: AbortSignal): Promise<RehearsalPage> =>
    read(client.GET('/v1/rehearsals/{id}', { ...path(id), signal })),
}

type Pages = { [K in keyof typeof GET]: Awaited<ReturnType<(typeof GET)[K]>> }

/** One page of the knowledge base by its kind and id. */
export function useEntity<K extends keyof Pages>(kind: K, id: () => string): Loaded<Pages[K]> {
  const get = GET[kind] as (id: string, signal: AbortSignal) => Promise<Pages[K]>
  return useLoad(id, get)
}

/** What belongs to an entity; it is an extra, so a failure shows nothing. */
export function useRelated(id: () => string): Loaded<RelatedEntry[]> {
  return useLoad(
    id,
    async (now, signal) => (await read(client.GET('/v1/related/{id}', { ...path(now), signal }))).related,
  )
}
