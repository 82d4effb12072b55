import { computed } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'

import { client, read } from '@/api/client'
import type { SearchResult } from '@/api/schema'
import { isKind, type Kind } from '@/lib/labels'
import { useLoad } from './useLoad'
import { useNear } from './useNear'

export const PAGE_SIZE = 10
export const FILTERS = ['kind', 'audience', 'region', 'department'] as const
export type Filter = (typeof FILTERS)[number]

/** Search with its whole state in the address, so that going back and sharing work. */
export function useSearch() {
  const route = useRoute()
  const router = useRouter()
  const near = useNear()
  const one = (name: string): string => {
    const value = route.query[name]
    return (Array.isArray(value) ? value[0] : value) ?? ''
  }
  const query = computed(() => one('q').trim())
  const page = computed(() => Math.max(1, Math.trunc(Number(one('page'))) || 1))
  const chosen = computed<Record<Filter, string>>(() => ({
    kind: one('kind'),
    audience: one('audience'),
    region: one('region'),
    department: one('department'),
  }))
  const request = computed(() => JSON.stringify([query.value, chosen.value, page.value, near.value]))

  const loaded = useLoad<string, SearchResult | null>(
    request,
    async (_, signal) => {
      if (!query.value) return null
      const { kind, ...rest } = chosen.value
      const filters = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''))
      const params = {
        q: query.value,
        ...filters,
        ...(near.value ? { near: near.value } : {}),
        ...(isKind(kind) ? { kind: kind as Kind } : {}),
        limit: PAGE_SIZE,
        offset: (page.value - 1) * PAGE_SIZE,
      }
      return await read(client.GET('/v1/search', { params: { query: params }, signal }))
    },
    { keep: true },
  )

  const go = (change: LocationQueryRaw): Promise<unknown> => {
    const next: LocationQueryRaw = { ...route.query, page: undefined, ...change }
    const kept = Object.entries(next).filter(([, value]) => value !== undefined && value !== '')
    return router.push({ path: '/search', query: Object.fromEntries(kept) })
  }
  return {
    ...loaded,
    query,
    page,
    chosen,
    submit: (q: string) => go({ q: q.trim() }),
    filter: (name: Filter, value: string) => go({ [name]: chosen.value[name] === value ? undefined : value }),
    clear: () => go({ kind: undefined, audience: undefined, region: undefined, department: undefined }),
    pageLink: (number: number) => ({ path: '/search', query: { ...route.query, page: String(number) } }),
  }
}
