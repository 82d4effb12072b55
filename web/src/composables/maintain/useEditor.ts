import { computed, ref, shallowRef, type Ref } from 'vue'

import { client } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import type { Checked, RecordShown, VersionShown } from '@/api/schema'
import { ask } from './useAccount'
import { isSearchKind, type RecordKind } from './labels'
import { copied } from './paths'
import { blank, type JsonObject, type Schema } from './schema'

const OPEN = ['draft', 'in_review', 'reviewed']
/** What was typed and not saved survives a closed tab or an ended sign-in. */
const key = (kind: string, id: string): string => `maintain:${kind}/${id}`

function kept(kind: string, id: string): { base: number | null; body: JsonObject } | null {
  try {
    return JSON.parse(window.sessionStorage.getItem(key(kind, id)) ?? 'null') as { base: number | null; body: JsonObject } | null
  } catch {
    return null
  }
}

/** A new record; one about the search needs an id that nobody has to think of. */
function fresh(kind: RecordKind, schema: Schema): JsonObject {
  const made = blank(schema, schema) as JsonObject
  return isSearchKind(kind) ? { ...made, id: `${kind}-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? ''}` } : made
}

/** One record being edited: what was typed, what it builds on, and what a check said. */
export function useEditor(kind: RecordKind, id: string) {
  const record = shallowRef<RecordShown | null>(null)
  const schema = shallowRef<Schema>({})
  const body = ref({}) as Ref<JsonObject>
  const started = shallowRef<JsonObject>({})
  const base = ref<number | null>(null)
  const checked = shallowRef<Checked | null>(null)
  /** What the check, the graph and the try-out were made of. */
  const candidate = shallowRef<JsonObject>({})
  const theirs = shallowRef<VersionShown | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const busy = ref('')
  const restored = ref(false)
  /** Grows when the form has to be drawn anew. */
  const drawn = ref(0)

  const dirty = computed(() => JSON.stringify(body.value) !== JSON.stringify(started.value))
  const stale = computed(() => JSON.stringify(body.value) !== JSON.stringify(candidate.value))
  const open = computed(() => (record.value && OPEN.includes(record.value.newest.state) ? record.value.newest : null))

  async function during<T>(what: string, act: () => Promise<T>): Promise<T | null> {
    busy.value = what
    problem.value = null
    try {
      return await act()
    } catch (error) {
      problem.value = ApiProblem.of(error)
      return null
    } finally {
      busy.value = ''
    }
  }

  function start(from: JsonObject, version: number | null): void {
    started.value = copied(from)
    base.value = version
    body.value = copied(from)
    candidate.value = copied(from)
    drawn.value += 1
  }

  async function fetched(): Promise<void> {
    if (!id) return
    const path = { params: { path: { kind, id } } }
    record.value = await ask(client.GET('/v1/maintain/records/{kind}/{id}', path))
  }

  async function load(): Promise<void> {
    await during('load', async () => {
      schema.value = (await ask(client.GET('/v1/maintain/schema/{kind}', { params: { path: { kind } } }))) as Schema
      await fetched()
      const now = record.value
      if (!now) start(fresh(kind, schema.value), null)
      else start((OPEN.includes(now.newest.state) ? now.newest : (now.published ?? now.newest)).body as JsonObject, now.newest.id)
      const typed = kept(kind, id)
      if (typed && JSON.stringify(typed.body) !== JSON.stringify(started.value)) {
        body.value = typed.body
        base.value = typed.base
        restored.value = true
        drawn.value += 1
      }
    })
  }

  function keep(): void {
    if (dirty.value) window.sessionStorage.setItem(key(kind, id), JSON.stringify({ base: base.value, body: body.value }))
    else window.sessionStorage.removeItem(key(kind, id))
  }

  async function check(): Promise<void> {
    const now = copied(body.value)
    const answer = await during('check', () => ask(client.POST('/v1/maintain/check', { body: { kind, body: now } })))
    if (!answer) return
    checked.value = answer
    candidate.value = now
  }

  /** → the saved version; null when it was refused. Somebody else's newer version is fetched, nothing typed is touched. */
  const save = (reason: string): Promise<VersionShown | null> =>
    saving(() => ask(client.POST('/v1/maintain/drafts', { body: { kind, body: body.value, reason, base: base.value } })))

  async function saving(call: () => Promise<VersionShown>): Promise<VersionShown | null> {
    const saved = await during('save', call)
    if (saved) {
      window.sessionStorage.removeItem(key(kind, id))
      restored.value = false
      theirs.value = null
      started.value = copied(body.value)
      base.value = saved.id
      await during('load', fetched)
    } else if (problem.value?.status === 409) {
      const refused = problem.value
      const path = { params: { path: { kind, id: id || String(body.value.id) } } }
      const found = await during('load', () => ask(client.GET('/v1/maintain/records/{kind}/{id}', path)))
      theirs.value = found?.newest ?? null
      problem.value ??= refused
    }
    return saved
  }

  /** Saved and served in one act, without a second person. */
  async function publish(reason: string): Promise<VersionShown | null> {
    if (!isSearchKind(kind)) return null
    const fixed = { kind, body: body.value, reason, base: base.value }
    return await saving(() => ask(client.POST('/v1/maintain/curations/publish', { body: fixed })))
  }

  async function submit(version: number): Promise<boolean> {
    const path = { params: { path: { id: version } } }
    const done = await during('submit', () => ask(client.POST('/v1/maintain/versions/{id}/submit', path)))
    if (done) await during('load', fetched)
    return done !== null
  }

  /** The merged text builds on their version from now on. */
  function merge(merged: JsonObject): void {
    if (!theirs.value) return
    started.value = copied(theirs.value.body as JsonObject)
    base.value = theirs.value.id
    body.value = merged
    theirs.value = null
    problem.value = null
    drawn.value += 1
  }

  function discard(): void {
    body.value = copied(started.value)
    restored.value = false
    drawn.value += 1
    keep()
  }

  return {
    ...{ record, schema, body, started, base, checked, candidate, theirs, problem, busy, restored, drawn },
    ...{ dirty, stale, open, load, keep, check, save, publish, submit, merge, discard },
  }
}

export type Editor = ReturnType<typeof useEditor>
