/** Whoever looks at a list. */
export interface Looking<Line> {
  /** The newest documents, at first and whenever they are otherwise. */
  show: (newest: Line[]) => void
  /** What became of one: the name of an event. */
  hear: (event: string) => void
  /** It can not be looked at any more, such as when the session has ended. */
  fail: (why: unknown) => void
}

/** Something may have been missed: subscribe again, and read the list anew. */
export function mustBeginAnew(why: unknown): boolean {
  const errors = Array.isArray(why) ? why : ((why as { errors?: unknown[] } | null)?.errors ?? [])
  return errors.some((it) => (it as { extensions?: { code?: string } }).extensions?.code === "BEGIN_ANEW")
}
