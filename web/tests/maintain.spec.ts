import { describe, expect, it } from 'vitest'

import type { QuestionGraph } from '@/api/schema'
import { laidOut, standing } from '@/composables/maintain/graphLayout'
import { pathLabel, refersTo } from '@/composables/maintain/labels'
import { changes, isWithin, withKey } from '@/composables/maintain/paths'
import { blank, fieldOf, type Schema } from '@/composables/maintain/schema'
import { foundIn } from '@/composables/maintain/useForm'

const root: Schema = {
  $defs: {
    Line: {
      type: 'object',
      properties: { name: { type: 'string' }, amount: { anyOf: [{ type: 'number' }, { type: 'string' }, { type: 'null' }] } },
      required: ['name'],
    },
    Kind: { enum: ['a', 'b'], type: 'string' },
  },
}
const WHEN: Schema = { type: 'object', patternProperties: { '^x$': { type: 'array' } } }

describe('how a field is edited', () => {
  it.each([
    [{ $ref: '#/$defs/Line' }, 'object'],
    [{ anyOf: [{ $ref: '#/$defs/Line' }, { type: 'null' }] }, 'object'],
    [{ type: 'array', items: { $ref: '#/$defs/Line' } }, 'list'],
    [{ type: 'array', items: { $ref: '#/$defs/Kind' } }, 'choices'],
    [{ $ref: '#/$defs/Kind', default: 'a' }, 'choice'],
    [{ anyOf: [{ type: 'number' }, { type: 'string' }, { type: 'null' }] }, 'text'],
    [{ anyOf: [{ type: 'boolean' }, { type: 'integer' }, { type: 'string' }] }, 'scalar'],
    [{ anyOf: [{ type: 'boolean' }, { type: 'null' }] }, 'yes_no'],
    [{ anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] }, 'date'],
    [WHEN, 'when'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'map'],
    [{ type: 'array', prefixItems: [{ type: 'number' }, { type: 'number' }] }, 'pair'],
  ] as [Schema, string][])('%j is %s', (schema, shape) => {
    expect(fieldOf(schema, root, 'field').shape).toBe(shape)
  })

  it('keeps the model for labels that depend on it', () => {
    expect(fieldOf({ anyOf: [{ $ref: '#/$defs/Line' }, { type: 'null' }] }, root, 'line').model).toBe('Line')
  })

  it('starts an entry with its required fields only', () => {
    expect(blank({ $ref: '#/$defs/Line' }, root)).toEqual({ name: '' })
    expect(blank({ type: 'array', items: { type: 'string' }, minItems: 3 }, root)).toEqual(['', '', ''])
    expect(blank(WHEN, root)).toEqual({})
  })
})

describe('what changed', () => {
  it('is told leaf by leaf, lists place by place', () => {
    const before = { name: 'a', fee: { lines: [{ amount: '20' }, { amount: '40' }] }, gone: 1 }
    const after = { name: 'a', fee: { lines: [{ amount: '20' }, { amount: '41' }, { amount: '5' }] } }
    expect(changes(before, after)).toEqual([
      { path: 'fee.lines.1.amount', before: '40', after: '41' },
      { path: 'fee.lines.2', before: null, after: { amount: '5' } },
      { path: 'gone', before: 1, after: null },
    ])
    expect(changes(before, before)).toEqual([])
  })

  it('names a path in Chinese and knows what lies inside it', () => {
    expect(pathLabel('fee.lines.0.amount')).toBe('收费 › 收费项 1 › 金额（元）')
    expect(isWithin('fee.lines.10', 'fee.lines.1')).toBe(false)
    expect(isWithin('fee.lines.1.amount', 'fee.lines.1')).toBe(true)
  })

  it('takes a field out where it is emptied', () => {
    expect(withKey({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 })
  })
})

it('puts what is no record at all and what the linter finds at their fields', () => {
  const found = foundIn({
    invalid: ['fee.lines.0.name：不能为空：必填'],
    problems: [{ path: 'result', message: '没有样本', severity: 'notice', rule: 'result-sample', folder: 'items', record: 'x' }],
  })
  expect(found.map((f) => [f.path, f.message, f.severity])).toEqual([
    ['fee.lines.0.name', '不能为空：必填', 'error'],
    ['result', '没有样本', 'notice'],
  ])
})

it('knows whose ids a field holds by the model around it', () => {
  expect(refersTo('kind', 'Place')).toBe('place_kind')
  expect(refersTo('kind', 'Material')).toBe('')
  expect(refersTo('items', 'Faq')).toBe('item')
  expect(refersTo('items', 'Bundle')).toBe('')
})

describe('the drawn graph', () => {
  const question = (fact: string, values: string[]) => ({
    fact, text: fact, why: '', help: '', type: 'choice', unit: '', remaining: 1, unknown: true,
    options: values.map((value) => ({ id: value, label: value, value, hint: '' })),
  })
  const graph = {
    target: 't', title: 't', expected_questions: 1.5,
    nodes: [
      { id: 'leaf1', outcome: 'handle', situation: 'one', question: null },
      { id: 'root', outcome: '', situation: '', question: question('first', ['x', 'y']) },
      { id: 'mid', outcome: '', situation: '', question: question('second', ['p', 'q']) },
      { id: 'leaf2', outcome: 'handle', situation: 'two', question: null },
      { id: 'leaf3', outcome: 'not_needed', situation: 'three', question: null },
    ],
    edges: [
      { source: 'root', target: 'leaf1', label: 'x' },
      { source: 'root', target: 'mid', label: 'y' },
      { source: 'mid', target: 'leaf2', label: 'p' },
      { source: 'mid', target: 'leaf3', label: 'q' },
    ],
  } as unknown as QuestionGraph
  const layout = laidOut(graph)

  it('knows the answers on the way to each node, and overlaps none', () => {
    expect(layout.nodes.find((n) => n.id === 'leaf3')?.facts).toEqual({ first: 'y', second: 'q' })
    expect(new Set(layout.nodes.map((n) => `${String(n.x)}/${String(n.y)}`)).size).toBe(5)
    expect(layout.lines).toHaveLength(4)
  })

  it('says where some facts stand', () => {
    expect(standing(layout, {})).toBe('root')
    expect(standing(layout, { first: 'y' })).toBe('mid')
    expect(standing(layout, { first: 'y', second: 'p', region: '210802' })).toBe('leaf2')
  })
})
