import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { client, read } from '@/api/client'
import type { AnswerOption, NavigateResponse } from '@/api/schema'
import { factsFromQuery, factsOf, factsToQuery, without, type Facts } from '@/lib/facts'
import { useLoad } from './useLoad'
import { usePreferences } from './usePreferences'

/** Which questions are still to be asked for a guide. The state is the link itself, so that it can be shared. */
export function useNavigation(target: () => string, enabled: ComputedRef<boolean>) {
  const route = useRoute()
  const router = useRouter()
  const preferences = usePreferences()
  const facts = computed(() => factsFromQuery(route.query))
  const request = computed(() => JSON.stringify([enabled.value, target(), facts.value]))

  const { data, problem, loading, reload } = useLoad<string, NavigateResponse | null>(
    request,
    async (_, signal) =>
      enabled.value
        ? await read(client.POST('/v1/navigate', { body: { target: target(), facts: facts.value }, signal }))
        : null,
    { keep: true },
  )

  const known = (): Facts => (data.value ? factsOf(data.value.facts) : facts.value)
  const go = (next: Facts): Promise<unknown> => router.push({ query: factsToQuery(next), hash: route.hash })

  return {
    step: data,
    problem,
    loading,
    reload,
    answer: (option: AnswerOption) => go({ ...known(), ...option.facts }),
    change: (fact: string) => go(without(known(), fact)),
    setRegion: (region: string) => {
      preferences.region = region
      return go({ ...without(known(), 'region'), ...(region ? { region } : {}) })
    },
    restart: () => go({}),
  }
}
