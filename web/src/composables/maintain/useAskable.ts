import { computed, type ComputedRef } from 'vue'

import type { FactShown } from '@/api/schema'
import { codeLabel } from './labels'
import { isObject, type Json, type JsonObject } from './schema'
import { useForm } from './useForm'
import { useVocabulary } from './useVocabulary'

const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
const TYPE: Record<string, string> = { number: 'quantity' }

/** The fields of a rehearsal's form as conditions see them; none in other records. */
export function ownFields(body: JsonObject): FactShown[] {
  return objects(body.screens).flatMap((screen) =>
    objects(screen.fields).map((field) => {
      const kind = text(field.kind)
      const yesNo = ['true', 'false'].map((value) => ({ value, label: value === 'true' ? '是' : '否' }))
      const options = objects(field.options).map((o) => ({ value: text(o.value), label: text(o.label) || text(o.value) }))
      return {
        id: text(field.id),
        label: text(field.label) || codeLabel('kind', kind),
        type: TYPE[kind] ?? kind,
        unit: text(field.unit),
        values: kind === 'yes_no' ? yesNo : options,
      }
    }),
  )
}

/** What a condition can be on: a rehearsal's own fields, in every other record the facts of the city. */
export function useAskable(): { known: ComputedRef<Map<string, FactShown>>; fact: (id: string) => FactShown | undefined } {
  const form = useForm()
  const { facts, names } = useVocabulary()
  const known = computed(() => {
    if (!form.own.value.length) return facts.value
    return new Map(
      form.own.value.map((field) => {
        const asked = field.values.length ? field.values : (facts.value.get(field.id)?.values ?? [])
        const regions = field.type === 'region' ? Object.entries(names('region')).map(([value, label]) => ({ value, label })) : []
        return [field.id, { ...field, values: regions.length ? regions : asked }]
      }),
    )
  })
  return { known, fact: (id) => known.value.get(id) }
}
