import type { Hit, Submission } from '@/api/schema'

export type Kind = Hit['kind']

export const KINDS: readonly Kind[] = ['item', 'bundle', 'faq', 'policy', 'material', 'place']

export const KIND_LABEL: Record<Kind, string> = {
  item: '事项',
  bundle: '一件事',
  faq: '常见问题',
  policy: '政策',
  material: '材料',
  place: '办事地点',
}

const KIND_PATH: Record<Kind, string> = {
  item: 'items',
  bundle: 'bundles',
  faq: 'faqs',
  policy: 'policies',
  material: 'materials',
  place: 'places',
}

export function isKind(value: string): value is Kind {
  return value in KIND_LABEL
}

export function pageOf(entry: { kind: Kind; id: string }): string {
  return `/${KIND_PATH[entry.kind]}/${entry.id}`
}

export const AUDIENCE_LABEL: Record<string, string> = { person: '个人', business: '企业' }

export type Tone = 'sea' | 'coral' | 'leaf' | 'amber' | 'sky'

export const SUBMISSION_TONE: Record<Submission, Tone> = {
  required: 'coral',
  optional: 'sky',
  deferrable: 'amber',
  commitment: 'sky',
  exempt: 'leaf',
}
