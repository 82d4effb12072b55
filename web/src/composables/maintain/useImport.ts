import { computed, reactive, ref, shallowRef } from 'vue'

import { client } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import type { ImportApplied, ImportColumn, ImportFields, ImportPreview, Mapping, SavedMapping } from '@/api/schema'
import { ask } from './useAccount'

export const IMPORT_KINDS = ['item', 'faq', 'material', 'place'] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]
const LONGEST_MS = 200_000
/** A large file takes its time: reading, comparing, linting. */
const patient = (request: Request): Promise<Response> => fetch(new Request(request, { signal: AbortSignal.timeout(LONGEST_MS) }))
const RAW = 'raw'
const NOTE = 'note:'

/** What a column may be made into: the kind's fields, a note, or only the report. */
export function choicesOf(fields: ImportFields | null, column: ImportColumn): { value: string; label: string }[] {
  const known = fields?.kinds[column.kind] ?? []
  return [
    ...known.map(({ field, label, required }) => ({ value: field, label: required ? `${label}（必有）` : label })),
    { value: column.field.startsWith(NOTE) ? column.field : `${NOTE}${column.header}`, label: '放进备注' },
    { value: RAW, label: '不导入，只留在报告里' },
  ]
}

/** A file from choosing to drafts: preview, columns, apply. The file stays here; each call sends it whole. */
export function useImport() {
  const fields = shallowRef<ImportFields | null>(null)
  const saved = shallowRef<SavedMapping[]>([])
  const file = shallowRef<File | null>(null)
  const asked = reactive({ kind: '' as ImportKind | '', mapping: '' })
  const preview = shallowRef<ImportPreview | null>(null)
  const applied = shallowRef<ImportApplied | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const busy = ref('')
  /** `table index` → the field chosen by hand. */
  const chosen = ref<Record<string, string>>({})
  const key = (column: ImportColumn): string => `${column.table} ${String(column.index)}`
  const changed = computed(() => preview.value?.columns.some((c) => (chosen.value[key(c)] ?? c.field) !== c.field) ?? false)

  async function during(what: string, act: () => Promise<void>): Promise<void> {
    busy.value = what
    problem.value = null
    try {
      await act()
    } catch (error) {
      problem.value = ApiProblem.of(error)
    } finally {
      busy.value = ''
    }
  }

  const load = (): Promise<void> =>
    during('load', async () => {
      fields.value = await ask(client.GET('/v1/maintain/import/fields'))
      saved.value = await ask(client.GET('/v1/maintain/import/mappings'))
    })

  function sending(sent: File) {
    return {
      // The schema calls a binary body a string; what is sent is the file as it is.
      body: sent as unknown as string,
      bodySerializer: (body: unknown) => body as File,
      headers: { 'content-type': 'application/octet-stream' },
      fetch: patient,
    }
  }

  function query(sent: File) {
    return { filename: sent.name, mapping: asked.mapping, ...(asked.kind ? { kind: asked.kind } : {}) }
  }

  const look = (): Promise<void> =>
    during('preview', async () => {
      const sent = file.value
      preview.value = applied.value = null
      chosen.value = {}
      if (!sent) return
      preview.value = await ask(client.POST('/v1/maintain/import/file/preview', { params: { query: query(sent) }, ...sending(sent) }))
    })

  function mapping(shown: ImportPreview): Mapping {
    const tables = shown.mapping.tables.map((table) => ({
      ...table,
      columns: Object.fromEntries(shown.columns.filter((c) => c.table === table.table).map((c) => [c.header, chosen.value[key(c)] ?? c.field])),
    }))
    return { tables }
  }

  /** Saves the columns as they stand under a name, and looks at the file again with them. */
  async function saveColumns(name: string): Promise<void> {
    await during('mapping', async () => {
      if (!preview.value) return
      await ask(client.PUT('/v1/maintain/import/mappings/{name}', { params: { path: { name } }, body: mapping(preview.value), parseAs: 'text' }))
      saved.value = await ask(client.GET('/v1/maintain/import/mappings'))
      asked.mapping = name
    })
    if (!problem.value) await look()
  }

  const apply = (why: string, submit: boolean): Promise<void> =>
    during('apply', async () => {
      const sent = file.value
      if (!sent || !preview.value) return
      const params = { query: { ...query(sent), state: preview.value.state, why, submit } }
      applied.value = await ask(client.POST('/v1/maintain/import/file/apply', { params, ...sending(sent) }))
      preview.value = null
    })

  return { fields, saved, file, asked, preview, applied, problem, busy, chosen, changed, key, load, look, saveColumns, apply }
}
