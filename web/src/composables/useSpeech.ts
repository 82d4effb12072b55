import { onScopeDispose, ref } from 'vue'

/** One voice for the whole page: starting one text stops the other. */
const speaking = ref<string | null>(null)

export function useReadAloud() {
  const supported = 'speechSynthesis' in window && typeof SpeechSynthesisUtterance !== 'undefined'

  function stop(): void {
    speaking.value = null
    window.speechSynthesis.cancel()
  }

  function toggle(key: string, text: string): void {
    const again = speaking.value === key
    stop()
    if (again) return
    const utterance = new SpeechSynthesisUtterance(text)
    utterance.lang = 'zh-CN'
    utterance.onend = utterance.onerror = () => {
      if (speaking.value === key) speaking.value = null
    }
    speaking.value = key
    window.speechSynthesis.speak(utterance)
  }

  onScopeDispose(() => {
    if (supported && speaking.value) stop()
  })
  return { supported, speaking, toggle }
}
