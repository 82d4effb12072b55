import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { client, read } from '@/api/client'
import type { BenefitResponse } from '@/api/schema'
import { factsFromQuery, factsOf, factsToQuery, without, type Facts, type FactValue } from '@/lib/facts'
import { useLoad } from './useLoad'

/** Who is entitled to what, and the next question. The answers are the link itself, so that it can be shared. */
export function useBenefits() {
  const route = useRoute()
  const router = useRouter()
  const facts = computed(() => factsFromQuery(route.query))
  const request = computed(() => JSON.stringify(facts.value))

  const { data, problem, loading, reload } = useLoad<string, BenefitResponse>(
    request,
    (_, signal) => read(client.POST('/v1/benefits', { body: { facts: facts.value }, signal })),
    { keep: true },
  )

  const known = (): Facts => (data.value ? factsOf(data.value.facts) : facts.value)
  const go = (next: Facts): Promise<unknown> => router.push({ query: factsToQuery(next) })

  return {
    result: data,
    problem,
    loading,
    reload,
    answer: (fact: string, value: FactValue) => go({ ...known(), [fact]: value }),
    answerAll: (more: Facts) => go({ ...known(), ...more }),
    change: (fact: string) => go(fact === 'audience' ? {} : without(known(), fact)),
    restart: () => go({}),
  }
}
