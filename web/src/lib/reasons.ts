/** What a hit's `why` says, for a person: words that matched, other words for them, closeness in meaning. */
export function reasons(why: Readonly<Record<string, unknown>>): string[] {
  const words = (value: unknown): string => (Array.isArray(value) ? value.filter((v) => typeof v === 'string').join('、') : '')
  const found: string[] = []
  if (words(why.terms)) found.push(`匹配的字词：${words(why.terms)}`)
  if (words(why.synonyms)) found.push(`同义说法：${words(why.synonyms)}`)
  if (typeof why.section === 'string' && why.section) found.push(`出处：${why.section}`)
  return found
}
