const AT = new Intl.DateTimeFormat('zh-CN', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

/** A moment of the server's, as the clock on this desk shows it. */
export function moment(text: string | null | undefined): string {
  return text ? AT.format(new Date(text)) : ''
}

/** What `<input type="datetime-local">` gives, with this desk's time zone. */
export function withZone(local: string): string {
  return new Date(local).toISOString()
}
