import { computed, ref, shallowRef } from 'vue'

import { client, read } from '@/api/client'
import type { Browse, CityPage } from '@/api/schema'

const city = shallowRef<CityPage | null>(null)
const browse = shallowRef<Browse | null>(null)
const failed = ref(false)
let asking: Promise<void> | null = null

async function ask(): Promise<void> {
  failed.value = false
  try {
    const [c, b] = await Promise.all([read(client.GET('/v1/city')), read(client.GET('/v1/browse'))])
    city.value = c
    browse.value = b
  } catch {
    failed.value = true
    asking = null
  }
}

/** The city's names, regions and catalogue: loaded once for the whole visit, asked again after a failure. */
export function useCity() {
  asking ??= ask()
  const cityName = computed(() => city.value?.name ?? '')
  const districts = computed(() => city.value?.regions.filter((r) => r.kind !== 'city') ?? [])
  const hotline = computed(() => city.value?.consultation_phone ?? '12345')
  const regionName = (code: string): string => city.value?.regions.find((r) => r.code === code)?.name ?? code
  const departmentName = (id: string): string => browse.value?.departments.find((d) => d.id === id)?.name ?? id
  return { city, browse, failed, cityName, districts, hotline, regionName, departmentName, retry: () => (asking = ask()) }
}
