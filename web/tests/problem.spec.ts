import { describe, expect, it } from 'vitest'

import { ApiProblem } from '@/api/problem'
import { reasons } from '@/lib/reasons'

describe('problems', () => {
  it("say the server's own words", () => {
    const problem = ApiProblem.from(503, { title: '服务暂时不可用', detail: '智能助手正在准备' })
    expect([problem.title, problem.detail, problem.isTemporary]).toEqual(['服务暂时不可用', '智能助手正在准备', true])
  })

  it('have words of their own when something in between answered', () => {
    expect(ApiProblem.from(502, undefined).detail).toContain('12345')
    expect(ApiProblem.from(404, { title: 7, detail: ' ' }).title).toBe('没有找到这个页面')
    expect(ApiProblem.of(new TypeError('failed to fetch')).isTemporary).toBe(true)
  })

  it('know what is worth trying again', () => {
    expect([422, 404, 429, 500, 0].map((s) => ApiProblem.from(s, {}).isTemporary)).toEqual([false, false, true, true, true])
  })
})

describe('reasons of a hit', () => {
  it('are told in words', () => {
    const why = {
      matched: ['身份证', '身份证', '补领'],
      section: 'title',
      synonyms: [{ said: '丢了', official: ['补领'] }],
      repaired: null,
      legs: { lexical: { rank: 1 }, dense: { rank: 2 } },
      rules: [{ rule: 'region', boost: 1 }, { rule: 'popularity', boost: 3 }],
    }
    expect(reasons(why)).toEqual([
      '「名称」里有您说的：身份证、补领',
      '「丢了」也就是：补领',
      '意思和您说的相近',
      '和您说的地区一致',
    ])
  })

  it('bear anything', () => {
    expect(reasons({})).toEqual([])
    expect(reasons({ matched: 'x', synonyms: [null, 3], legs: null, rules: [{}] })).toEqual([])
  })
})
