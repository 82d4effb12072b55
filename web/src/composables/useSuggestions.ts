import { onScopeDispose, ref, watch, type Ref } from 'vue'

import { client, read } from '@/api/client'
import type { Suggestion } from '@/api/schema'
import { useNear } from './useNear'

const PAUSE_MS = 120

/** Suggestions for what is being typed, and before that what is used most; they are a help, so a failure simply shows none. */
export function useSuggestions(text: Ref<string>, active: Ref<boolean>): Ref<Suggestion[]> {
  const found = ref<Suggestion[]>([])
  const near = useNear()
  let timer: number | undefined
  let current: AbortController | null = null

  async function ask(q: string): Promise<void> {
    current = new AbortController()
    const { signal } = current
    try {
      const answer = await read(client.GET('/v1/suggest', { params: { query: { q, ...(near.value ? { near: near.value } : {}) } }, signal }))
      if (!signal.aborted) found.value = answer.suggestions
    } catch {
      if (!signal.aborted) found.value = []
    }
  }

  watch([text, active], ([now, on]) => {
    window.clearTimeout(timer)
    current?.abort()
    const q = now.trim()
    if (!on) found.value = []
    else timer = window.setTimeout(() => void ask(q), PAUSE_MS)
  })
  onScopeDispose(() => {
    window.clearTimeout(timer)
    current?.abort()
  })
  return found
}
