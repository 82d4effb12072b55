/** A long statement cut at its first full thought: what is read at a glance, and the rest for who wants it. */
export function headline(text: string): { head: string; rest: string } {
  const at = text.search(/[。；（]/)
  if (at < 4) return { head: text, rest: '' }
  return { head: text.slice(0, at), rest: text.slice(text[at] === '（' ? at : at + 1).trim() }
}

/** 「食品经营许可 · 新办 · 个体」 as its parts, without the title that stands beside it anyway. */
export function situationParts(situation: string, title: string): string[] {
  const parts = situation.split(' · ').filter(Boolean)
  const rest = parts.filter((p, i) => i > 0 || p !== title)
  return rest.length ? rest : parts
}
