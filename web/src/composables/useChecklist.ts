import { ref, watch, type Ref } from 'vue'

import { readStored, store } from '@/lib/storage'

/** Which papers a person has ready; kept on this device only, one list for each guide. */
export function useChecklist(key: () => string): { ticked: Ref<Set<string>>; toggle: (id: string) => void } {
  const ticked = ref(new Set<string>())
  const name = (): string => `checklist:${key()}`
  watch(
    name,
    (now) => {
      ticked.value = new Set(readStored<string[]>(now, []))
    },
    { immediate: true },
  )
  function toggle(id: string): void {
    if (!ticked.value.delete(id)) ticked.value.add(id)
    store(name(), [...ticked.value])
  }
  return { ticked, toggle }
}
