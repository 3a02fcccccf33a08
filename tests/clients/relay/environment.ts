import {
  Environment,
  type GraphQLResponse,
  Network,
  RecordSource,
  type RequestParameters,
  Store,
  type UploadableMap,
  type Variables,
} from "relay-runtime"

let token: string | undefined

/** Ask as the owner of this session, or API key, from now on. */
export function use(bearer: string | null | undefined): void {
  token = bearer ?? undefined
  // What somebody else saw is not for whoever asks now.
  environment = newEnvironment()
}

export let environment = newEnvironment()

function newEnvironment(): Environment {
  const network = Network.create((params, variables, _cache, files) => ask(params, variables, files))
  return new Environment({ network, store: new Store(new RecordSource()) })
}

async function ask(
  params: RequestParameters,
  variables: Variables,
  files?: UploadableMap | null,
): Promise<GraphQLResponse> {
  // The text stays at home where the server knows it by its id (`persisted.json`).
  const operation = params.id ? { doc_id: params.id, variables } : { query: params.text, variables }
  const headers: Record<string, string> = {
    Accept: "application/graphql-response+json",
    // A form without a token, or with the session's cookie, is taken with this header alone.
    "X-Kluis-Request": "1",
  }
  if (token) headers.Authorization = `Bearer ${token}`
  if (!files) headers["Content-Type"] = "application/json"
  const body = files ? inParts(operation, files) : JSON.stringify(operation)
  const answer = await fetch(`${process.env.KLUIS_URL}/graphql`, { method: "POST", headers, body })
  return (await answer.json()) as GraphQLResponse
}

/** A multipart request; each file is named by its place, such as `variables.input.file`. */
function inParts(operation: object, files: UploadableMap): FormData {
  const places = Object.keys(files)
  const form = new FormData()
  form.set("operations", JSON.stringify(operation))
  form.set("map", JSON.stringify(Object.fromEntries(places.map((place, at) => [at, [place]]))))
  places.forEach((place, at) => form.set(String(at), files[place]!))
  return form
}
