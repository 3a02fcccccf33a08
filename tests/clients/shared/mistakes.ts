/** One entry of `userErrors`: something that the caller can put right. */
export interface Mistake {
  code: string
  /** In the language of whoever is signed in. */
  message: string
  /** Where in the arguments, such as ["input", "description"]; null: none of them is at fault. */
  path?: readonly string[] | null
}

/** A mutation changed nothing, and says what is to be put right. */
export class Refused extends Error {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map((it) => it.message).join(" "))
    this.mistakes = mistakes
  }
}

/** The payload of a mutation that did what it was asked to. */
export function done<T extends { userErrors: readonly Mistake[] }>(payload: T | null | undefined): T {
  if (!payload) throw new Error("This was not carried out.")
  if (payload.userErrors.length > 0) throw new Refused(payload.userErrors)
  return payload
}
