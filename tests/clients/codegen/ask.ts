import type { TypedDocumentString } from "./gql/graphql.ts"

const API = `${process.env.KLUIS_URL}/graphql`
let token: string | undefined

/** Ask as the owner of this session, or API key, from now on. */
export function use(bearer: string | null | undefined): void {
  token = bearer ?? undefined
}

/** What comes of an operation; its text stays at home where the server knows it by its id. */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const operation = { documentId: document.__meta__?.hash, variables }
  const headers = signed("application/graphql-response+json")
  const body = inParts(operation) ?? JSON.stringify(operation)
  if (typeof body === "string") headers["Content-Type"] = "application/json"
  const answer = await fetch(API, { method: "POST", headers, body })
  const { data, errors } = (await answer.json()) as Answer<Result>
  if (errors || !data) throw new Refusal(errors)
  return data
}

/** What becomes of a subscription: null first, when it stands, then each event; server-sent events. */
export async function* hear<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal: AbortSignal,
): AsyncGenerator<Result | null> {
  const headers = { ...signed("text/event-stream"), "Content-Type": "application/json" }
  const body = JSON.stringify({ documentId: document.__meta__?.hash, variables })
  const answer = await fetch(`${API}/stream`, { method: "POST", headers, body, signal })
  if (!answer.ok || !answer.body) throw new Refusal(((await answer.json()) as Answer<Result>).errors)
  yield null
  let text = ""
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    const events = (text + part).split("\n\n")
    text = events.pop() ?? ""
    for (const event of events) {
      // Lines with a colon first keep the connection alive.
      const told = /^event: next\ndata: (.+)$/.exec(event)
      if (!told) continue
      const { data, errors } = JSON.parse(told[1]!) as Answer<Result>
      if (errors || !data) throw new Refusal(errors)
      yield data
    }
  }
}

interface Answer<Result> {
  data?: Result
  errors?: { message: string; extensions?: { code?: string } }[]
}

/** What nobody can put right. */
export class Refusal extends Error {
  readonly errors: Answer<unknown>["errors"]

  constructor(errors: Answer<unknown>["errors"]) {
    super(errors?.map((it) => it.message).join(" "))
    this.errors = errors
  }
}

function signed(accept: string): Record<string, string> {
  const headers: Record<string, string> = { Accept: accept }
  if (token) headers.Authorization = `Bearer ${token}`
  // A form without a token, or with the session's cookie, is taken with this header alone.
  headers["X-Kluis-Request"] = "1"
  return headers
}

/** A multipart request, where `variables.input.file` is a file. */
function inParts(operation: { variables: unknown }): FormData | undefined {
  const { input } = operation.variables as { input?: { file?: unknown } }
  if (!(input?.file instanceof File)) return undefined
  const form = new FormData()
  form.set("operations", JSON.stringify({ ...operation, variables: { input: { ...input, file: null } } }))
  form.set("map", JSON.stringify({ 0: ["variables.input.file"] }))
  form.set("0", input.file)
  return form
}
