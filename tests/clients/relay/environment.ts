import {
  Environment,
  type GraphQLResponse,
  Network,
  Observable,
  RecordSource,
  type RequestParameters,
  Store,
  type UploadableMap,
  type Variables,
} from "relay-runtime"

import { newSocket } from "./sockets.ts"

let token: string | undefined

/** Ask as the owner of this session, or API key, from now on. */
export function use(bearer: string | null | undefined): void {
  token = bearer ?? undefined
  // What somebody else saw is not for whoever asks now.
  environment = newEnvironment()
}

const socket = newSocket(() => token)

/** Do something each time that a subscription stands: at first, and after each break; return what ends that. */
export function whenItStands(act: () => void): () => void {
  return socket.on("ping", (isFromServer, said) => {
    if (isFromServer && said && "subscribed" in said) act()
  })
}

export let environment = newEnvironment()

function newEnvironment(): Environment {
  const network = Network.create((params, variables, _cache, files) => ask(params, variables, files), listen)
  return new Environment({ network, store: new Store(new RecordSource()) })
}

function listen(params: RequestParameters, variables: Variables): Observable<GraphQLResponse> {
  // graphql-ws sends nothing without a text.
  const asked = { query: "", ...operation(params, variables) }
  return Observable.create((sink) =>
    socket.subscribe<Record<string, unknown>>(asked, {
      next: (heard) => sink.next(heard as GraphQLResponse),
      error: sink.error,
      complete: sink.complete,
    }),
  )
}

/** The text stays at home where the server knows it by its id (`persisted.json`). */
function operation(params: RequestParameters, variables: Variables): object {
  return params.id ? { doc_id: params.id, variables } : { query: params.text, variables }
}

async function ask(
  params: RequestParameters,
  variables: Variables,
  files?: UploadableMap | null,
): Promise<GraphQLResponse> {
  const headers: Record<string, string> = {
    Accept: "application/graphql-response+json",
    // A form without a token, or with the session's cookie, is taken with this header alone.
    "X-Kluis-Request": "1",
  }
  if (token) headers.Authorization = `Bearer ${token}`
  if (!files) headers["Content-Type"] = "application/json"
  const asked = operation(params, variables)
  const body = files ? inParts(asked, files) : JSON.stringify(asked)
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
