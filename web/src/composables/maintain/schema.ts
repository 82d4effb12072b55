/** The part of JSON Schema that the server's models use. */
export interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  title?: string
  type?: string
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  items?: Schema
  prefixItems?: Schema[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  patternProperties?: Record<string, Schema>
  required?: string[]
  pattern?: string
  format?: string
  minimum?: number
  maximum?: number
  minItems?: number
  maxLength?: number
  default?: unknown
}

export type Json = string | number | boolean | null | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json | undefined
}

export type Shape =
  | 'text'
  | 'long'
  | 'number'
  | 'yes_no'
  | 'date'
  | 'choice'
  | 'choices'
  | 'object'
  | 'list'
  | 'when'
  | 'preset'
  | 'map'
  | 'pair'
  | 'scalar'

export interface Field {
  shape: Shape
  schema: Schema
  /** None is a value of its own: "not said". */
  nullable: boolean
  options: string[]
  /** The model's name, for labels that depend on it. */
  model: string
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Follows references inside `root`; the model's name is kept in `title`. */
export function resolved(schema: Schema, root: Schema): Schema {
  if (!schema.$ref) return schema
  const name = schema.$ref.split('/').at(-1) ?? ''
  const found = root.$defs?.[name] ?? {}
  return { ...resolved(found, root), ...(schema.default === undefined ? {} : { default: schema.default }), title: name }
}

const LONG = new Set([
  'answer', 'summary', 'text', 'reason', 'note', 'gist', 'notes', 'acceptance', 'explanation', 'how_to_get',
  'filling_notes', 'directions', 'hint', 'help', 'why', 'question', 'description', 'sample_notice', 'paragraphs',
  'services',
])
const names = (values: unknown[]): string[] => values.map(String)

/** How a field is edited. `name` decides only between one line and several. */
export function fieldOf(raw: Schema, root: Schema, name: string): Field {
  const outer = resolved(raw, root)
  const parts = (outer.anyOf ?? []).map((part) => resolved(part, root))
  const kinds = parts.filter((part) => part.type !== 'null')
  const nullable = parts.length !== kinds.length
  const single = kinds.length === 1 ? kinds[0] : undefined
  const schema = single ?? outer
  const field = (shape: Shape, options: string[] = []): Field => ({ shape, schema, nullable, options, model: schema.title ?? '' })

  if (!single && kinds.length > 1) {
    // An amount comes as a decimal's text; anything else of several types is a fact's value.
    return kinds.every((kind) => kind.type === 'number' || kind.type === 'string') ? field('text') : field('scalar')
  }
  if (schema.enum) return field('choice', names(schema.enum))
  if (schema.const !== undefined) return field('choice', [String(schema.const)])
  if (schema.prefixItems) return field('pair')
  if (schema.type === 'array') {
    const items = resolved(schema.items ?? {}, root)
    return items.enum ? field('choices', names(items.enum)) : field('list')
  }
  if (schema.type === 'object' && schema.patternProperties) {
    return Object.values(schema.patternProperties)[0]?.type === 'array' ? field('when') : field('preset')
  }
  if (schema.type === 'object' && isObject(schema.additionalProperties)) return field('map')
  if (schema.type === 'object') return field('object')
  if (schema.type === 'boolean') return field('yes_no')
  if (schema.type === 'number' || schema.type === 'integer') return field('number')
  if (schema.format === 'date') return field('date')
  return field(LONG.has(name) ? 'long' : 'text')
}

/** What a new entry starts as: its required fields, empty. */
export function blank(raw: Schema, root: Schema, name = ''): Json {
  const { shape, schema, options } = fieldOf(raw, root, name)
  if (shape === 'object') {
    return Object.fromEntries((schema.required ?? []).map((key) => [key, blank(schema.properties?.[key] ?? {}, root, key)]))
  }
  if (shape === 'list' || shape === 'choices') {
    return Array.from({ length: shape === 'list' ? (schema.minItems ?? 0) : 0 }, () => blank(schema.items ?? {}, root, name))
  }
  if (shape === 'map' || shape === 'when' || shape === 'preset') return {}
  if (shape === 'yes_no') return false
  if (shape === 'number') return schema.minimum ?? 0
  if (shape === 'choice') return options[0] ?? ''
  if (shape === 'pair') return [0, 0]
  return ''
}
