import { computed, inject, provide, ref, type ComputedRef, type InjectionKey, type Ref } from 'vue'

import type { Checked, FactShown } from '@/api/schema'
import { isWithin } from './paths'
import type { Schema } from './schema'

export interface Found {
  path: string
  message: string
  severity: string
  rule: string
}

export interface Form {
  root: Schema
  found: ComputedRef<Found[]>
  /** The field that is being jumped to; folded parts around it open. */
  revealed: Ref<string>
  readonly: boolean
  /** Fields that the record itself asks for, which its conditions are on in place of facts. */
  own: ComputedRef<FactShown[]>
}

const FORM: InjectionKey<Form> = Symbol('form')
const FACT: InjectionKey<ComputedRef<string>> = Symbol('fact')

export function provideForm(form: Form): void {
  provide(FORM, form)
}

export function useForm(): Form {
  const form = inject(FORM)
  if (!form) throw new Error('a field stands outside a form')
  return form
}

/** The fact that a question asks, for the values of its options. */
export function provideFact(fact: ComputedRef<string>): void {
  provide(FACT, fact)
}

export function useFact(): ComputedRef<string> {
  return inject(FACT, computed(() => ''))
}

export function fieldId(path: string): string {
  return `field-${path.replaceAll('.', '-')}`
}

/** Problems of a check, each with the field it belongs to. */
export function foundIn(checked: Checked | null): Found[] {
  if (!checked) return []
  const invalid = checked.invalid.map((line) => {
    const [path = '', ...said] = line.split('：')
    return { path, message: said.join('：') || line, severity: 'error', rule: 'schema' }
  })
  return [...invalid, ...checked.problems.map(({ path, message, severity, rule }) => ({ path, message, severity, rule }))]
}

/** Opens by hand, or when something inside is jumped to. */
export function useFold(paths: () => string[], start: boolean) {
  const { revealed } = useForm()
  const byHand = ref<boolean | null>(null)
  const asked = computed(() => revealed.value !== '' && paths().some((path) => isWithin(revealed.value, path)))
  return {
    open: computed(() => asked.value || (byHand.value ?? start)),
    toggle(now: boolean): void {
      byHand.value = now
      if (!now && asked.value) revealed.value = ''
    },
  }
}
