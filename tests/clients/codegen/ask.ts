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
  const headers: Record<string, string> = { Accept: "application/graphql-response+json" }
  if (token) headers.Authorization = `Bearer ${token}`
  const body = inParts(operation) ?? JSON.stringify(operation)
  if (typeof body === "string") headers["Content-Type"] = "application/json"
  // A form without a token, or with the session's cookie, is taken with this header alone.
  headers["X-Kluis-Request"] = "1"
  const answer = await fetch(API, { method: "POST", headers, body })
  const { data, errors } = (await answer.json()) as { data?: Result; errors?: { message: string }[] }
  if (errors || !data) throw new Error(errors?.map((it) => it.message).join(" ") ?? answer.statusText)
  return data
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
