import type { Ref } from 'vue'

// Of a group of radio buttons Tab stops only at the chosen one.
const FOCUSABLE = 'a[href], button:not(:disabled), input:not([type=radio]), input[type=radio]:checked, textarea, select'

/** Focus goes into the dialog, stays there, and returns to what opened it. */
export function useDialogFocus(body: Ref<HTMLElement | null>) {
  let opener: Element | null = null

  const inside = (): HTMLElement[] => Array.from(body.value?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])

  function enter(): void {
    opener = document.activeElement
    inside()[0]?.focus()
  }

  function leave(): void {
    if (opener instanceof HTMLElement) opener.focus()
    opener = null
  }

  function keepInside(event: KeyboardEvent): void {
    const all = inside()
    const edge = event.shiftKey ? all[0] : all.at(-1)
    const other = event.shiftKey ? all.at(-1) : all[0]
    if (document.activeElement !== edge || !other) return
    event.preventDefault()
    other.focus()
  }

  return { enter, leave, keepInside }
}
