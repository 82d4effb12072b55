export interface TextRange {
  start: number
  end: number
}

export interface Segment {
  text: string
  marked: boolean
}

/** Cuts text at offsets counted in Unicode code points (end exclusive); overlapping and out-of-range offsets are tidied. */
export function segments(text: string, ranges: readonly TextRange[]): Segment[] {
  const points = Array.from(text)
  const marked = new Array<boolean>(points.length).fill(false)
  for (const { start, end } of ranges) marked.fill(true, Math.max(0, start), Math.max(0, end))
  const found: Segment[] = []
  points.forEach((point, index) => {
    const last = found.at(-1)
    if (last && last.marked === marked[index]) last.text += point
    else found.push({ text: point, marked: marked[index] ?? false })
  })
  return found
}
