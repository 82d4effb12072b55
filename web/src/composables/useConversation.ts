import { computed, ref, shallowRef } from 'vue'

import { client, read } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import type { ChatMessage, ChatOption, Conversation } from '@/api/schema'
import { readStored, store } from '@/lib/storage'

const KEY = 'conversation'

/** One exchange: what the person said, and what came back (null while it is awaited). */
export interface Exchange {
  key: number
  said: string
  messages: ChatMessage[] | null
}

export interface Failure {
  problem: ApiProblem
  /** What was being said; empty when it was a choice or the reading back that failed. */
  said: string
  retry: () => Promise<unknown>
}

function newId(): string {
  // randomUUID exists only where the page is served securely; a service tried out by address in a local network is not.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

export function useConversation() {
  const id = ref(readStored(KEY, ''))
  const exchanges = ref<Exchange[]>([])
  const state = shallowRef<Conversation | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const waiting = ref(false)
  const restoring = ref(false)
  let nextKey = 0

  const options = computed<ChatOption[]>(() => exchanges.value.at(-1)?.messages?.flatMap((m) => m.options ?? []) ?? [])

  function begin(): void {
    id.value = newId()
    // Kept only once the server knows it too.
    store(KEY, '')
    exchanges.value = []
    state.value = null
    failure.value = null
  }

  async function readBack(): Promise<Conversation> {
    return await read(client.GET('/v1/chat/{conversation}', { params: { path: { conversation: id.value } } }))
  }

  /** After a reload: the conversation as the server remembers it. */
  async function restore(): Promise<void> {
    if (!id.value) return begin()
    restoring.value = true
    try {
      const conversation = await readBack()
      state.value = conversation
      exchanges.value = conversation.turns.map((t) => ({ key: nextKey++, said: t.said, messages: t.messages }))
    } catch (error) {
      const problem = ApiProblem.of(error)
      if (problem.isMissing || problem.status === 422) begin()
      else failure.value = { problem, said: '', retry: restore }
    } finally {
      restoring.value = false
    }
  }

  async function refreshState(): Promise<void> {
    try {
      state.value = await readBack()
    } catch {
      // The answer itself came; what is known of the person is shown again after the next one.
      return
    }
  }

  /** Sends one turn. False when it failed: the caller keeps what was typed. Tried again under the same name, it is
   * done once even where only the answer was lost. */
  async function send(
    said: string,
    turn: { text: string } | { choice: string },
    name: string = newId(),
  ): Promise<boolean> {
    if (waiting.value) return false
    failure.value = null
    waiting.value = true
    const exchange: Exchange = { key: nextKey++, said, messages: null }
    exchanges.value.push(exchange)
    try {
      const answer = await read(
        client.POST('/v1/chat', {
          // A balancer keeps a conversation on one process by this header.
          headers: { 'x-conversation': id.value },
          body: { conversation: id.value, turn: name, ...turn },
        }),
      )
      exchanges.value = exchanges.value.map((e) => (e.key === exchange.key ? { ...e, messages: answer.messages } : e))
      store(KEY, id.value)
      await refreshState()
      return true
    } catch (error) {
      exchanges.value = exchanges.value.filter((e) => e.key !== exchange.key)
      failure.value = { problem: ApiProblem.of(error), said: 'text' in turn ? said : '', retry: () => send(said, turn, name) }
      return false
    } finally {
      waiting.value = false
    }
  }

  return {
    exchanges,
    state,
    failure,
    waiting,
    restoring,
    options,
    restore,
    begin,
    say: (text: string) => send(text, { text }),
    choose: (option: { id: string; label: string }) => send(option.label, { choice: option.id }),
  }
}
