import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { client, read } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import type { FileTyped, RehearsalCheckResponse, RehearsalField, RehearsalPage } from '@/api/schema'

export type Typed = boolean | string | FileTyped

/** In the link's `screen` in place of a screen: no screen's id begins so. */
const END = '-end'
/** Bytes that an example file is said to have. */
const EXAMPLE_SIZE = 500_000

/**
 * One walk through a form. What is typed stays in this page's memory: it is neither kept nor put into the link; the link's
 * `screen` only lets the browser's own 「back」 go one screen back.
 */
export function useRehearsal(page: () => RehearsalPage | null) {
  const route = useRoute()
  const router = useRouter()
  const typed = ref<Record<string, Typed>>({})
  const checked = shallowRef<RehearsalCheckResponse | null>(null)
  const errors = ref<Record<string, string>>({})
  /** Fields that were wrong at some time, in the order it happened. */
  const stumbled = reactive(new Set<string>())
  const problem = shallowRef<ApiProblem | null>(null)
  const busy = ref(false)
  const started = ref(false)
  let latest = 0

  const at = computed(() => (started.value && typeof route.query.screen === 'string' ? route.query.screen : ''))
  const ended = computed(() => at.value === END)
  const screen = computed(() => page()?.forms.find((s) => s.id === at.value) ?? null)
  const fields = computed<RehearsalField[]>(() => {
    const shown = checked.value?.screen === at.value ? checked.value.fields : null
    return screen.value?.fields.filter((f) => shown?.includes(f.id) ?? !f.conditional) ?? []
  })
  const screens = computed(() => {
    const applying = checked.value?.screens
    return page()?.forms.filter((s) => !applying || applying.includes(s.id)) ?? []
  })
  const position = computed(() => screens.value.findIndex((s) => s.id === at.value))

  const go = (to: string): Promise<unknown> => router.push({ query: to ? { screen: to } : {} })

  /** Null when there is no answer, or a newer question. */
  async function check(name: string): Promise<RehearsalCheckResponse | null> {
    const id = page()?.id
    if (!id) return null
    const mine = ++latest
    busy.value = true
    problem.value = null
    try {
      const call = client.POST('/v1/rehearsals/{id}/check', { params: { path: { id } }, body: { screen: name, typed: typed.value } })
      const found = await read(call)
      if (mine !== latest) return null
      checked.value = found
      return found
    } catch (error) {
      if (mine === latest) problem.value = ApiProblem.of(error)
      return null
    } finally {
      if (mine === latest) busy.value = false
    }
  }

  function tell(found: RehearsalCheckResponse, which: (field: string, reason: string) => boolean): void {
    const told = found.errors.filter((e) => which(e.field, e.reason))
    errors.value = Object.fromEntries(told.map((e) => [e.field, e.message]))
    for (const e of told) stumbled.add(e.field)
  }

  /** After a field was left: it may be wrong now, others may have become right, appear or vanish. */
  async function type(field: string, value: Typed): Promise<void> {
    typed.value[field] = value
    const found = await check(at.value)
    if (found) tell(found, (name, reason) => name in errors.value || (name === field && reason === 'wrong'))
  }

  /** To the next screen; false when something on this one has to be mended first. */
  async function next(): Promise<boolean> {
    const found = await check(at.value)
    if (!found) return true
    tell(found, () => true)
    if (found.errors.length) return false
    const here = found.screens.indexOf(at.value)
    await go(found.screens[here + 1] ?? END)
    return true
  }

  const back = (): Promise<unknown> => go(screens.value[position.value - 1]?.id ?? '')

  async function begin(): Promise<void> {
    typed.value = {}
    stumbled.clear()
    checked.value = null
    started.value = true
    await go(page()?.forms[0]?.id ?? '')
  }

  /** Examples into the empty fields of this screen; choices stay the person's own. */
  async function fill(): Promise<void> {
    for (const f of fields.value) {
      if (!f.example || typed.value[f.id]) continue
      typed.value[f.id] = f.kind === 'file' ? { name: f.example, size: EXAMPLE_SIZE } : f.example
    }
    const found = await check(at.value)
    if (found) tell(found, (name) => name in errors.value)
  }

  watch(
    at,
    (now) => {
      errors.value = {}
      if (screen.value) void check(now)
    },
    { flush: 'sync' },
  )
  if (route.query.screen) void router.replace({ query: {} })

  return { typed, checked, errors, stumbled, problem, busy, at, ended, screen, fields, screens, position, type, next, back, begin, fill }
}
