import { ref, shallowRef } from 'vue'

import { ApiProblem } from '@/api/problem'

/** One press of a button: what came of it is told, or why it was refused; then the page is read again. */
export function useAct(after: () => Promise<unknown>) {
  const refused = shallowRef<ApiProblem | null>(null)
  const told = ref('')

  async function act(done: string, call: () => Promise<unknown>): Promise<void> {
    refused.value = null
    told.value = ''
    try {
      await call()
      told.value = done
    } catch (error) {
      refused.value = ApiProblem.of(error)
    }
    await after()
  }

  return { refused, told, act }
}
