const SECTION: Record<string, string> = {
  title: '名称',
  alias: '常用叫法',
  question: '提问',
  answer: '回答',
  summary: '简介',
  condition: '办理条件',
  material: '材料',
  step: '步骤',
  fee: '收费',
  text: '正文',
}

const RULE: Record<string, string> = {
  region: '和您说的地区一致',
  audience: '和您说的身份一致',
  name: '名称以您说的开头',
  pinned: '工作人员把它放在了前面',
  nearest: '同名的几个里，离您最近',
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const strings = (value: unknown): string[] => list(value).filter((v) => typeof v === 'string')

/** What a hit's `why` says, for a person: words that matched, other words for them, closeness in meaning, rules. */
export function reasons(why: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = []
  const matched = strings(why.matched)
  const section = typeof why.section === 'string' ? SECTION[why.section] : undefined
  if (matched.length) found.push(`${section ? `「${section}」里` : ''}有您说的：${[...new Set(matched)].join('、')}`)
  for (const synonym of list(why.synonyms).filter(isRecord)) {
    const official = strings(synonym.official).join('、')
    if (typeof synonym.said === 'string' && official) found.push(`「${synonym.said}」也就是：${official}`)
  }
  if (typeof why.repaired === 'string') found.push(`按同音字也找了：${why.repaired}`)
  const legs = isRecord(why.legs) ? why.legs : {}
  if (isRecord(legs.dense)) found.push('意思和您说的相近')
  for (const rule of list(why.rules).filter(isRecord)) {
    const said = typeof rule.rule === 'string' ? RULE[rule.rule] : undefined
    if (said) found.push(said)
  }
  return found
}
