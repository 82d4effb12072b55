import { ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue'

import { ApiProblem } from '@/api/problem'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  problem: ShallowRef<ApiProblem | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

/** Loads whenever `source` changes; a newer request aborts the older one, so that late answers never win. */
export function useLoad<S, T>(
  source: WatchSource<S>,
  load: (value: S, signal: AbortSignal) => Promise<T>,
  { keep = false }: { keep?: boolean } = {},
): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const loading = ref(false)
  let current: AbortController | null = null
  let latest: S

  async function run(): Promise<void> {
    current?.abort()
    const mine = (current = new AbortController())
    loading.value = true
    problem.value = null
    if (!keep) data.value = null
    try {
      const result = await load(latest, mine.signal)
      if (mine === current) data.value = result
    } catch (error) {
      if (mine === current) problem.value = ApiProblem.of(error)
    } finally {
      if (mine === current) loading.value = false
    }
  }

  watch(
    source,
    (value) => {
      latest = value
      void run()
    },
    { immediate: true },
  )
  return { data, problem, loading, reload: run }
}
