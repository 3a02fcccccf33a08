// What the bench keeps of its tabs while the browser's own tab is open, and of whom it is.

const kept = sessionStorage;
const OWNER = "kluis.owner";
// GraphiQL's names; other pages of this origin keep things too.
const OF_GRAPHIQL = "graphiql:";

/** Return what the bench of an account keeps things in, as long as they are of this account.
 *
 * GraphiQL writes a moment after the change, which can be after its user has signed out.
 */
export function keptOf(account: string) {
  return {
    get length() {
      return kept.length;
    },
    getItem: (name: string) => kept.getItem(name),
    setItem: (name: string, value: string) => {
      if (kept.getItem(OWNER) === account) {
        kept.setItem(name, value);
      }
    },
    removeItem: (name: string) => kept.removeItem(name),
    clear: () => kept.clear(),
  };
}

/** Whether there is nothing to go on with. */
export function isNew(): boolean {
  return kept.getItem(`${OF_GRAPHIQL}variables`) === null;
}

/** Forget what was typed, unless it is of this account; from then on it is. */
export function forget({ unlessOf }: { unlessOf?: string } = {}): void {
  if (unlessOf !== undefined && kept.getItem(OWNER) === unlessOf) {
    return;
  }
  for (const name of Object.keys(kept).filter((it) => it === OWNER || it.startsWith(OF_GRAPHIQL))) {
    kept.removeItem(name);
  }
  if (unlessOf !== undefined) {
    kept.setItem(OWNER, unlessOf);
  }
}
