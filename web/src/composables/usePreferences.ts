import { reactive, watch } from 'vue'

import { readStored, store } from '@/lib/storage'

export type Theme = 'auto' | 'light' | 'dark'

export interface Preferences {
  elder: boolean
  elderSize: number
  theme: Theme
  /** Code of the division last chosen for a guide; "" before any. */
  region: string
}

const KEY = 'preferences'
/** Body text of the elder mode in CSS pixels; 18 is the least the standard allows, 30 the most it asks for. */
export const ELDER_SIZES = [20, 24, 30] as const
const NORMAL_SIZE = 16

const preferences = reactive<Preferences>({
  elder: false,
  elderSize: ELDER_SIZES[0],
  theme: 'auto',
  region: '',
  ...readStored<Partial<Preferences>>(KEY, {}),
})

function apply(): void {
  const root = document.documentElement
  const wantsDark = window.matchMedia('(prefers-color-scheme: dark)').matches
  const dark = preferences.theme === 'dark' || (preferences.theme === 'auto' && wantsDark)
  root.dataset.theme = dark ? 'dark' : 'light'
  root.dataset.elder = String(preferences.elder)
  root.style.fontSize = `${preferences.elder ? preferences.elderSize : NORMAL_SIZE}px`
}

/** Called once before the first paint. */
export function startPreferences(): void {
  apply()
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply)
  watch(preferences, (now) => {
    store(KEY, now)
    apply()
  })
}

export function usePreferences(): Preferences {
  return preferences
}
