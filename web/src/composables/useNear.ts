import { computed, type ComputedRef } from 'vue'
import { useRoute } from 'vue-router'

import { useCity } from './useCity'
import { usePreferences } from './usePreferences'

/** The division that the address names, else the one last chosen: what is preferred, never what is kept to. "" while the
 * city is not known or has no such division any more, which the server would refuse. */
export function useNear(): ComputedRef<string> {
  const route = useRoute()
  const preferences = usePreferences()
  const { districts } = useCity()
  return computed(() => {
    const named = route.query.region
    const code = (Array.isArray(named) ? named[0] : named) || preferences.region
    return districts.value.some((d) => d.code === code) ? String(code) : ''
  })
}
