import { computed, shallowRef } from 'vue'

import { client } from '@/api/client'
import type { FactShown, Vocabulary } from '@/api/schema'
import { ask } from './useAccount'

const told = shallowRef<Vocabulary | null>(null)
let asked: Promise<void> | null = null

async function load(): Promise<void> {
  try {
    told.value = await ask(client.GET('/v1/maintain/vocabulary'))
  } catch {
    asked = null
  }
}

/** What a field may refer to, asked for once and again after something was published. */
export function useVocabulary() {
  void (asked ??= load())
  const facts = computed(() => new Map((told.value?.facts ?? []).map((fact) => [fact.id, fact])))
  return {
    facts,
    fact: (id: string): FactShown | undefined => facts.value.get(id),
    names: (kind: string): Record<string, string> => told.value?.names[kind] ?? {},
    name: (kind: string, id: string): string => told.value?.names[kind]?.[id] ?? '',
    renew: (): Promise<void> => (asked = load()),
  }
}
