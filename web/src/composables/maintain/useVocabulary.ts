import { computed, shallowRef } from 'vue'

import { client } from '@/api/client'
import type { FactShown, Vocabulary } from '@/api/schema'
import { SEARCHED } from './labels'
import { ask } from './useAccount'

/** All that people can search for, whatever its kind. */
export const ANY_RECORD = 'record'

const told = shallowRef<Vocabulary | null>(null)
const searched = computed(() => Object.assign({}, ...SEARCHED.map((kind) => told.value?.names[kind] ?? {})) as Record<string, string>)
let asked: Promise<void> | null = null

async function load(): Promise<void> {
  try {
    told.value = await ask(client.GET('/v1/maintain/vocabulary'))
  } catch {
    asked = null
  }
}

const names = (kind: string): Record<string, string> => (kind === ANY_RECORD ? searched.value : (told.value?.names[kind] ?? {}))

/** What a field may refer to, asked for once and again after something was published. */
export function useVocabulary() {
  void (asked ??= load())
  const facts = computed(() => new Map((told.value?.facts ?? []).map((fact) => [fact.id, fact])))
  return {
    facts,
    fact: (id: string): FactShown | undefined => facts.value.get(id),
    names,
    name: (kind: string, id: string): string => names(kind)[id] ?? '',
    renew: (): Promise<void> => (asked = load()),
  }
}
