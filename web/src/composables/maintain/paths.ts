import { isObject, type Json, type JsonObject } from './schema'

export interface Change {
  path: string
  before: unknown
  after: unknown
}

/** Leaves that differ, in order; lists are compared place by place, as the server's own diff does. */
export function changes(before: unknown, after: unknown, path = ''): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => changes(before[key], after[key], path ? `${path}.${key}` : key))
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length)
    return Array.from({ length }, (_, i) => changes(before[i], after[i], `${path}.${String(i)}`)).flat()
  }
  return [{ path, before: before ?? null, after: after ?? null }]
}

/** `path` itself or anything inside it. */
export function isWithin(inner: string, path: string): boolean {
  return path === '' || inner === path || inner.startsWith(`${path}.`)
}

export function joined(path: string, step: string | number): string {
  return path ? `${path}.${String(step)}` : String(step)
}

/** A copy with `key` set, or taken out where `value` is undefined. */
export function withKey(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...object, [key]: value }
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}

/** Something that a person could have left empty. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

export function copied<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
