import { describe, expect, it } from 'vitest'

import { segments } from '@/lib/segments'

const shown = (text: string, ...ranges: [number, number][]): string =>
  segments(
    text,
    ranges.map(([start, end]) => ({ start, end })),
  )
    .map((s) => (s.marked ? `[${s.text}]` : s.text))
    .join('')

describe('segments', () => {
  it('marks what the offsets say', () => {
    expect(shown('居民身份证丢失补领', [2, 5], [7, 9])).toBe('居民[身份证]丢失[补领]')
  })

  it('counts code points, not UTF-16 units', () => {
    expect(shown('😀办身份证', [2, 5])).toBe('😀办[身份证]')
    expect(shown('𠮷林路办证', [3, 5])).toBe('𠮷林路[办证]')
  })

  it('joins overlapping ranges and ignores what lies outside', () => {
    expect(shown('食品经营许可', [0, 3], [2, 4], [-5, 1], [6, 99])).toBe('[食品经营]许可')
  })

  it('leaves a text without ranges alone, and an empty one empty', () => {
    expect(shown('驿站')).toBe('驿站')
    expect(segments('', [{ start: 0, end: 3 }])).toEqual([])
  })
})
