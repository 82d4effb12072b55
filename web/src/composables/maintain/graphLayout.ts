import type { QuestionGraph } from '@/api/schema'
import type { Facts } from '@/lib/facts'

export interface Placed {
  id: string
  x: number
  y: number
  title: string
  outcome: string
  /** What has been answered on the way here. */
  facts: Facts
}

export interface Line {
  path: string
  label: string
  x: number
  y: number
}

export interface Layout {
  nodes: Placed[]
  lines: Line[]
  width: number
  height: number
}

/** Pixels: a node's box, and the room between columns for the answers' words. */
export const BOX = { width: 152, height: 54 }
const GAP = { x: 118, y: 10 }

/** Left to right: a question in the middle of what it leads to; every outcome has a row of its own. */
export function laidOut(graph: QuestionGraph): Layout {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const into = new Set(graph.edges.map((edge) => edge.target))
  const root = graph.nodes.find((node) => !into.has(node.id))
  const placed = new Map<string, Placed>()
  const lines: Line[] = []
  let row = 0
  let deepest = 0

  function place(id: string, depth: number, facts: Facts): Placed | null {
    const before = placed.get(id)
    if (before) return before
    const node = nodes.get(id)
    if (!node) return null
    deepest = Math.max(deepest, depth)
    const spot: Placed = {
      id,
      x: depth * (BOX.width + GAP.x),
      y: 0,
      title: node.question?.text ?? (node.situation || '任何情形'),
      outcome: node.outcome,
      facts,
    }
    placed.set(id, spot)
    const edges = graph.edges.filter((edge) => edge.source === id)
    const children = edges.map((edge) => {
      const option = node.question?.options.find((o) => o.label === edge.label)
      const next = node.question && option ? { ...facts, ...option.facts } : facts
      return { edge, child: place(edge.target, depth + 1, next) }
    })
    const reached = children.flatMap(({ child }) => (child ? [child] : []))
    const first = reached[0]
    const last = reached.at(-1)
    spot.y = first && last ? (first.y + last.y) / 2 : row++ * (BOX.height + GAP.y)
    for (const { edge, child } of children) {
      if (!child) continue
      const [x1, y1] = [spot.x + BOX.width, spot.y + BOX.height / 2]
      const [x2, y2] = [child.x, child.y + BOX.height / 2]
      const middle = (x1 + x2) / 2
      lines.push({
        path: `M${String(x1)} ${String(y1)}C${String(middle)} ${String(y1)} ${String(middle)} ${String(y2)} ${String(x2)} ${String(y2)}`,
        label: edge.label,
        x: x2 - 4,
        y: y2 - 5,
      })
    }
    return spot
  }

  if (root) place(root.id, 0, {})
  return {
    nodes: [...placed.values()],
    lines,
    width: deepest * (BOX.width + GAP.x) + BOX.width,
    height: Math.max(1, row) * (BOX.height + GAP.y) - GAP.y,
  }
}

/** Where these facts lead: the last node on the way whose answers are all known. */
export function standing(layout: Layout, facts: Facts): string {
  const holds = ([fact, value]: [string, unknown]): boolean => String(facts[fact]) === String(value)
  const fits = layout.nodes.filter((node) => Object.entries(node.facts).every(holds))
  const known = (node: Placed | undefined): number => (node ? Object.keys(node.facts).length : -1)
  let best: Placed | undefined
  for (const node of fits) if (known(node) > known(best)) best = node
  return best?.id ?? ''
}
