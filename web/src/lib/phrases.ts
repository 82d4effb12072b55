const ENDS = '。；'

/** The first clause: up to a full stop or semicolon that is not inside brackets. */
function firstClause(text: string): string {
  let depth = 0
  for (const [at, char] of Array.from(text).entries()) {
    if (char === '（') depth += 1
    else if (char === '）') depth -= 1
    else if (depth === 0 && ENDS.includes(char)) return Array.from(text).slice(0, at).join('')
  }
  return text
}

/** Where the bracketed remark that ends the text begins; -1 where none does. */
function remarkAt(text: string): number {
  let depth = 0
  for (let at = text.length - 1; at >= 0; at -= 1) {
    if (text[at] === '）') depth += 1
    else if (text[at] === '（') depth -= 1
    if (depth === 0) return text[at] === '（' ? at : -1
  }
  return -1
}

/** A long statement cut at its first full thought: what is read at a glance, and the rest for who wants it. */
export function headline(text: string): { head: string; rest: string } {
  const clause = firstClause(text)
  // A remark in brackets at the clause's end explains; one in its middle belongs to a name.
  const remark = remarkAt(clause)
  const head = remark > 0 ? clause.slice(0, remark) : clause
  const rest = text.slice(head.length)
  return { head, rest: ENDS.includes(rest.charAt(0)) ? rest.slice(1) : rest }
}

/** 「食品经营许可 · 新办 · 个体」 as its parts, without the title that stands beside it anyway. */
export function situationParts(situation: string, title: string): string[] {
  const parts = situation.split(' · ').filter(Boolean)
  const rest = parts.filter((p, i) => i > 0 || p !== title)
  return rest.length ? rest : parts
}
