import { describe, expect, it } from 'vitest'

import { contactCard, linkCard, outcomeCard, placeCard } from '@/lib/cards'

describe('cards', () => {
  it('take an outcome only when it is one', () => {
    expect(outcomeCard({ target: 'food-licence', materials: [], parts: [] })?.target).toBe('food-licence')
    expect(outcomeCard({ target: 'food-licence' })).toBeNull()
    expect(outcomeCard(null)).toBeNull()
  })

  it('leave out links that lead nowhere', () => {
    const entries = [
      { id: 'a', kind: 'item', title: '甲', why: '同一主题' },
      { id: '', kind: 'item', title: '乙' },
      { id: 'c', kind: 'video', title: '丙' },
      'x',
    ]
    expect(linkCard({ entries })).toEqual([{ id: 'a', kind: 'item', title: '甲', summary: '同一主题' }])
  })

  it('find places whatever the list is called', () => {
    const place = { id: 'p', name: '政务服务中心', phones: [] }
    expect(placeCard({ places: [place] })).toEqual([place])
    expect(placeCard({ note: '无' })).toEqual([])
  })

  it('name whom to call: a line, or the numbers of an emergency', () => {
    expect(contactCard({ phone: '12345', name: '热线', description: '咨询' })).toEqual([
      { name: '热线', phone: '12345', note: '咨询' },
    ])
    expect(contactCard({ numbers: ['119', '120', 3] }).map((c) => c.phone)).toEqual(['119', '120'])
    expect(contactCard(undefined)).toEqual([])
  })
})
