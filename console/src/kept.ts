// What the bench keeps of its tabs while the browser's own tab is open, and of whom it is.

export const kept = sessionStorage;
const OWNER = "kluis.owner";

/** Forget what was typed, unless it is of this account; from then on it is. */
export function forget({ unlessOf }: { unlessOf?: string } = {}): void {
  if (unlessOf === undefined || kept.getItem(OWNER) !== unlessOf) {
    kept.clear();
  }
  if (unlessOf !== undefined) {
    kept.setItem(OWNER, unlessOf);
  }
}
