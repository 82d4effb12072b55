import { describe, expect, it } from 'vitest'

import { dateText } from '@/lib/dates'
import { headline, situationParts } from '@/lib/phrases'

describe('headline', () => {
  it.each([
    ['当场办结', '当场办结', ''],
    ['承诺3个工作日；法定20个工作日', '承诺3个工作日', '法定20个工作日'],
    ['法定10个工作日（含现场核查；可延长5日）；承诺时限以官方公布为准', '法定10个工作日', '（含现场核查；可延长5日）；承诺时限以官方公布为准'],
    ['健康证明（健康证）的收费以官方公布为准；其余不收费', '健康证明（健康证）的收费以官方公布为准', '其余不收费'],
    ['最多跑1趟（健康证明（健康证）1趟）', '最多跑1趟', '（健康证明（健康证）1趟）'],
    ['（说明）', '（说明）', ''],
  ])('%s', (text, head, rest) => {
    expect(headline(text)).toEqual({ head, rest })
  })

  it('loses nothing but the stop between the two', () => {
    const text = '合计约13个工作日（未计健康证）。办照：法定3个工作日；许可：法定10个工作日'
    const { head, rest } = headline(text)
    expect(`${head}${rest}`).toBe(text)
  })
})

describe('situationParts', () => {
  it('leaves out the title that stands beside it', () => {
    expect(situationParts('开餐饮店一件事 · 个体工商户 · 雇人', '开餐饮店一件事')).toEqual(['个体工商户', '雇人'])
    expect(situationParts('食品经营许可新办 · 现做现卖', '食品经营许可')).toEqual(['食品经营许可新办', '现做现卖'])
  })

  it('keeps a situation that is only the title', () => {
    expect(situationParts('收养登记', '收养登记')).toEqual(['收养登记'])
  })
})

describe('dateText', () => {
  it('reads a date as a person would, and leaves the rest', () => {
    expect(dateText('2023-12-01')).toBe('2023年12月1日')
    expect(dateText('2026-11-23T05:00:00Z')).toBe('2026年11月23日')
    expect(dateText('待定')).toBe('待定')
  })
})
