import { computed, ref } from 'vue'

import { client, read } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import type { Me } from '@/api/schema'

const me = ref<Me | null>(null)
/** Signed in before, and now not any more: what is on the page must not be lost while signing in again. */
const ended = ref(false)
const refused = ref('')
let asked: Promise<void> | null = null

async function load(): Promise<void> {
  try {
    me.value = await read(client.GET('/v1/session'))
  } catch (error) {
    if (ApiProblem.of(error).status !== 401) {
      asked = null
      throw error
    }
    me.value = null
  }
}

/** Who is signed in; one question to the server however many pages ask. */
export function useAccount() {
  return {
    me,
    ended,
    refused,
    known: (): Promise<void> => (asked ??= load()),
    may: (permission: string) => computed(() => me.value?.may.includes(permission) ?? false),
    async signIn(name: string, password: string): Promise<void> {
      me.value = await read(client.POST('/v1/session', { body: { name, password } }))
      ended.value = false
      refused.value = ''
      asked = Promise.resolve()
    },
    async signOut(): Promise<void> {
      await client.DELETE('/v1/session')
      me.value = null
      ended.value = false
      asked = Promise.resolve()
    },
  }
}

/** As `read`; a sign-in that has ended, or a role that may not, is told above the page besides. */
export async function ask<T>(call: Parameters<typeof read<T>>[0]): Promise<T> {
  try {
    const answer = await read(call)
    refused.value = ''
    return answer
  } catch (error) {
    const problem = ApiProblem.of(error)
    if (problem.status === 401) ended.value = true
    if (problem.status === 403) refused.value = problem.detail
    throw error
  }
}
