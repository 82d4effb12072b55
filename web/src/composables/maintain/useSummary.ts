import { isObject, type Json } from './schema'
import { codeLabel } from './labels'
import { useAskable } from './useAskable'
import { useVocabulary } from './useVocabulary'

/** One line for a folded entry: what it is, and when it applies. */
export function useSummary() {
  const { name } = useVocabulary()
  const { fact } = useAskable()
  const REFERENCES: readonly [string, string][] = [['material', 'material'], ['item', 'item'], ['source', 'source'], ['fact', 'fact']]

  function value(id: string, raw: unknown): string {
    return fact(id)?.values.find((v) => v.value === String(raw))?.label ?? String(raw)
  }

  function summary(entry: Json | undefined): string {
    if (!isObject(entry)) return String(entry ?? '')
    for (const [key, kind] of entry.label ? [] : REFERENCES) {
      const id = entry[key]
      if (typeof id === 'string' && id) return name(kind, id) || id
    }
    if (typeof entry.check === 'string') return [codeLabel('check', entry.check), entry.text].filter(Boolean).join('：')
    for (const key of ['name', 'label', 'text', 'reason', 'title', 'wrong', 'range', 'value']) {
      const said = entry[key]
      if (said !== undefined && said !== null && said !== '') return typeof said === 'object' ? '' : String(said)
    }
    if (typeof entry.kind === 'string' && entry.number !== undefined) return `${codeLabel('kind', entry.kind)} ${String(entry.number)}`
    return entry.number === undefined ? '' : String(entry.number)
  }

  function hint(entry: Json | undefined): string {
    if (!isObject(entry)) return ''
    const parts: string[] = []
    if (typeof entry.kind === 'string' && typeof entry.number === 'number') {
      parts.push(`${codeLabel('kind', entry.kind)}${String(entry.number)}${codeLabel('unit', String(entry.unit ?? 'working_days'))}`)
    }
    if (entry.amount !== undefined && entry.amount !== null) parts.push(`${String(entry.amount)}${String(entry.unit ?? '元')}`)
    if (isObject(entry.when)) {
      for (const [id, values] of Object.entries(entry.when)) {
        const said = (Array.isArray(values) ? values : [values]).map((v) => value(id, v)).join('、')
        parts.push(`${fact(id)?.label ?? id}：${said}`)
      }
    }
    return parts.join('；')
  }
  return { summary, hint, value }
}
