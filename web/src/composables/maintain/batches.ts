import type { VersionShown } from '@/api/schema'

export interface Batch {
  key: string
  versions: VersionShown[]
}

const together = (version: VersionShown): string => JSON.stringify([version.state, version.author, version.reason, version.origin])

/** What one import made and stands at the same step, as one; everything else by itself. In the order in which they come. */
export function batches(versions: readonly VersionShown[]): Batch[] {
  const found = new Map<string, Batch>()
  for (const version of versions) {
    const key = version.origin ? together(version) : String(version.id)
    const batch = found.get(key) ?? { key, versions: [] }
    batch.versions.push(version)
    found.set(key, batch)
  }
  return [...found.values()]
}

/** The batch that a version is of; null when it waits no more. */
export function batchOf(versions: readonly VersionShown[], id: number): Batch | null {
  return batches(versions).find((batch) => batch.versions.some((version) => version.id === id)) ?? null
}
