import { ref, shallowRef, watch, type Ref } from 'vue'

import { client } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import type { CurationTried, Touched } from '@/api/schema'
import { ask } from './useAccount'
import type { SearchKind } from './labels'
import type { JsonObject } from './schema'

const PAUSE_MS = 350

const phrases = (value: unknown): string[] => (Array.isArray(value) ? value.map(String).map((p) => p.trim()).filter(Boolean) : [])

/** The production search before and after what is being written, kept up with the typing; nothing is saved. */
export function useCurationTest(kind: SearchKind, body: () => JsonObject, words: Ref<string>, near: Ref<string>) {
  const tried = shallowRef<CurationTried | null>(null)
  const touched = shallowRef<Touched[]>([])
  const problem = shallowRef<ApiProblem | null>(null)
  const busy = ref(false)
  let timer: number | undefined
  let asked = 0

  async function run(): Promise<void> {
    const q = words.value.trim()
    const turn = ++asked
    if (!q) return
    busy.value = true
    try {
      const official = kind === 'synonym' ? phrases(body().official) : []
      const [answer, found] = await Promise.all([
        ask(client.POST('/v1/maintain/curations/try', { body: { kind, body: body(), q, ...(near.value ? { near: near.value } : {}) } })),
        official.length ? ask(client.GET('/v1/maintain/curations/touched', { params: { query: { phrase: official } } })) : [],
      ])
      if (turn !== asked) return
      tried.value = answer
      touched.value = found
      problem.value = null
    } catch (error) {
      if (turn === asked) problem.value = ApiProblem.of(error)
    } finally {
      if (turn === asked) busy.value = false
    }
  }

  watch([body, words, near], () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void run(), PAUSE_MS)
  }, { deep: true, immediate: true })
  return { tried, touched, problem, busy, run }
}
