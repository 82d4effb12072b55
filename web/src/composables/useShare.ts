/** The phone's share sheet where there is one, else the link goes to the clipboard. `tell` says what happened. */
export function useShare(tell: (text: string) => void): { share: (title: string) => Promise<void> } {
  async function share(title: string): Promise<void> {
    const url = window.location.href
    try {
      if (typeof navigator.share === 'function') return await navigator.share({ title, url })
      await navigator.clipboard.writeText(url)
      tell('链接已复制，可以发给家人或工作人员')
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return
      tell('没能复制，请从地址栏复制链接')
    }
  }
  return { share }
}
