/** Private browsing and full disks throw; a preference that cannot be kept is no reason to fail. */
export function readStored<T>(key: string, otherwise: T): T {
  try {
    const raw = window.localStorage.getItem(key)
    return raw === null ? otherwise : (JSON.parse(raw) as T)
  } catch {
    return otherwise
  }
}

export function store(key: string, value: unknown): void {
  try {
    window.localStorage.setItem(key, JSON.stringify(value))
  } catch {
    return
  }
}
