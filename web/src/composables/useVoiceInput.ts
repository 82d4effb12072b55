import { onScopeDispose, ref } from 'vue'

/** The part of the Web Speech API used here; TypeScript's DOM library does not describe it. */
interface Recogniser {
  lang: string
  interimResults: boolean
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null
  onend: (() => void) | null
  onerror: (() => void) | null
  start: () => void
  stop: () => void
}

type Maker = new () => Recogniser

function findMaker(): Maker | undefined {
  const scope = window as unknown as { SpeechRecognition?: Maker; webkitSpeechRecognition?: Maker }
  return scope.SpeechRecognition ?? scope.webkitSpeechRecognition
}

/** Speaks into `hear`; where the browser has no recognition `supported` is false and no button is shown. */
export function useVoiceInput(hear: (text: string) => void) {
  const Maker = findMaker()
  const listening = ref(false)
  const failed = ref(false)
  let recogniser: Recogniser | null = null

  function start(): void {
    if (!Maker) return
    failed.value = false
    recogniser = new Maker()
    recogniser.lang = 'zh-CN'
    recogniser.interimResults = true
    recogniser.onresult = ({ results }) =>
      hear(Array.from(results, (alternatives) => alternatives[0]?.transcript ?? '').join(''))
    recogniser.onerror = () => (failed.value = true)
    recogniser.onend = () => (listening.value = false)
    recogniser.start()
    listening.value = true
  }

  const stop = (): void => recogniser?.stop()
  onScopeDispose(stop)
  return { supported: Maker !== undefined, listening, failed, toggle: () => (listening.value ? stop() : start()) }
}
