import { watchEffect } from 'vue'

import { useCity } from './useCity'

/** The document's title: what this page is, then whose service it is. */
export function useTitle(title: () => string): void {
  const { cityName } = useCity()
  watchEffect(() => {
    const site = `${cityName.value}政务服务办事助手`
    document.title = title() ? `${title()} · ${site}` : site
  })
}
