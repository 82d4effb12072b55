import { describe, expect, it } from 'vitest'

import { factsFromQuery, factsOf, factsToQuery, without } from '@/lib/facts'

describe('facts in a link', () => {
  it('come back as they went', () => {
    const facts = { region: '210804', hires_staff: false, premises_area: 60, entity_type: 'individual', age: '>16 <=60' }
    const query = factsToQuery(facts)
    expect(Object.values(query).every((v) => typeof v === 'string')).toBe(true)
    expect(factsFromQuery(query as Record<string, string>)).toEqual(facts)
  })

  it('take a region code for a name, not for a number', () => {
    expect(factsFromQuery({ region: '210804' })).toEqual({ region: '210804' })
  })

  it('leave out the version, empty values and names that no fact has', () => {
    expect(factsFromQuery({ v: '1a2b3c4d', a: '', b: null, 'x y': '1', '中文': '1', ok: 'new' })).toEqual({ ok: 'new' })
  })

  it('take the first of a repeated name', () => {
    expect(factsFromQuery({ a: ['one', 'two'] })).toEqual({ a: 'one' })
  })
})

describe('known facts', () => {
  it('become facts to ask with, one of them taken back', () => {
    const known = [
      { fact: 'a', label: '甲', value: 'x', answer: 'X' },
      { fact: 'b', label: '乙', value: true, answer: '是' },
    ]
    expect(without(factsOf(known), 'a')).toEqual({ b: true })
  })
})
