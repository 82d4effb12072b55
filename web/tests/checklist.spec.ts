import { beforeEach, describe, expect, it } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'

import { useChecklist } from '@/composables/useChecklist'
import { readStored, store } from '@/lib/storage'

beforeEach(() => {
  window.localStorage.clear()
})

describe('the check-list', () => {
  it('is kept for each guide on its own', async () => {
    const guide = ref('food-licence/new')
    const scope = effectScope()
    const list = scope.run(() => useChecklist(() => guide.value))
    if (!list) throw new Error('no scope')
    list.toggle('form')
    list.toggle('photo')
    list.toggle('photo')
    guide.value = 'id-card/lost'
    await nextTick()
    expect([...list.ticked.value]).toEqual([])
    guide.value = 'food-licence/new'
    await nextTick()
    expect([...list.ticked.value]).toEqual(['form'])
    scope.stop()
  })
})

describe('what is stored', () => {
  it('falls back when it cannot be read', () => {
    window.localStorage.setItem('broken', '{')
    expect(readStored('broken', 'otherwise')).toBe('otherwise')
    store('kept', { a: 1 })
    expect(readStored('kept', null)).toEqual({ a: 1 })
  })
})
