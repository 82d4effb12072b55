import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether the window is at least as wide as `pixels`, as it changes. */
export function useWide(pixels: number): Ref<boolean> {
  const query = window.matchMedia(`(min-width: ${String(pixels)}px)`)
  const wide = ref(query.matches)
  const follow = (): void => {
    wide.value = query.matches
  }
  query.addEventListener('change', follow)
  onScopeDispose(() => {
    query.removeEventListener('change', follow)
  })
  return wide
}
