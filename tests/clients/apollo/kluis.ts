import type { ObservableQuery } from "@apollo/client"

import { apollo, use, whenItStands } from "./client.ts"
import { receive, send } from "./files.ts"
import * as gql from "./gql/graphql.ts"
import { done } from "./mistakes.ts"
import { type Looking, mustBeginAnew } from "./watching.ts"

/** Open a session; `askForCode` asks for what the authenticator app shows. */
export async function signIn(
  username: string,
  password: string,
  askForCode: () => Promise<string>,
): Promise<void> {
  const licence = process.env.KLUIS_LICENCE
  const input = { username, password, licence }
  const answer = await apollo.mutate({ mutation: gql.SignInDocument, variables: { input } })
  let { step, token, challenge } = done(answer.data?.signIn)
  if (step === "TWO_FACTOR_REQUIRED") {
    const input = { challenge: challenge ?? "", code: await askForCode() }
    const answer = await apollo.mutate({ mutation: gql.CompleteTwoFactorDocument, variables: { input } })
    ;({ step, token } = done(answer.data?.completeTwoFactor))
  }
  if (step !== "SIGNED_IN") throw new Error(`Go on in the portal: ${step}`)
  await use(token)
}

/** The documents that the viewer may read, page by page. */
export async function* documents(
  first: number,
  filter?: gql.DocumentFilter,
): AsyncGenerator<gql.LineFragment[]> {
  const query = gql.DocumentsDocument
  const list = apollo.watchQuery({ query, variables: { first, filter }, fetchPolicy: "network-only" })
  // The cache keeps all pages of a list as one, as long as somebody looks at it.
  const looking = list.subscribe(() => undefined)
  try {
    let page = (await apollo.query({ query, variables: { first, filter } })).data?.documents
    while (page) {
      yield page.edges.map((it) => it.node)
      const { hasNextPage, endCursor } = page.pageInfo
      page = hasNextPage ? (await list.fetchMore({ variables: { after: endCursor } })).data?.documents : null
    }
  } finally {
    looking.unsubscribe()
  }
}

/** The first client whose names begin so. */
export async function client(search: string): Promise<{ relationId: string; accountId: string }> {
  const { data } = await apollo.query({ query: gql.FindClientDocument, variables: { search } })
  const [found] = data?.relations?.nodes ?? []
  if (!found?.portalAccount) throw new Error(`No client has access to the portal: ${search}`)
  return { relationId: found.id, accountId: found.portalAccount.id }
}

/** Send a document in, up to 25 MiB. */
export async function upload(
  file: File,
  description: string,
  relationId: string,
): Promise<gql.LineFragment> {
  const input = { file, description, relationIds: [relationId], idempotencyKey: crypto.randomUUID() }
  const { data } = await apollo.mutate({ mutation: gql.UploadDocumentDocument, variables: { input } })
  return made(done(data?.uploadDocument))
}

/** The same in three steps, up to 2 GiB. */
export async function uploadInSteps(
  file: File,
  description: string,
  relationId: string,
): Promise<gql.LineFragment> {
  const announced = { fileName: file.name, mediaType: file.type, byteSize: file.size }
  const begun = await apollo.mutate({ mutation: gql.CreateUploadDocument, variables: { input: announced } })
  const { upload } = done(begun.data?.createUpload)
  if (!upload) throw new Error("No upload was begun.")
  await send(upload, file)
  const input = { uploadId: upload.id, description, relationIds: [relationId] }
  const { data } = await apollo.mutate({ mutation: gql.CompleteUploadDocument, variables: { input } })
  return made(done(data?.completeUpload))
}

function made(payload: { document: gql.LineFragment | null }): gql.LineFragment {
  if (!payload.document) throw new Error("It was made, and is not to be seen.")
  forgetLists()
  return payload.document
}

/** Those at which somebody looks are read again: which place a document has in them, the server knows. */
function forgetLists(): void {
  apollo.cache.evict({ id: "ROOT_QUERY", fieldName: "documents" })
}

/** The bytes of a document; an address of the cache could be over. */
export async function download(id: string): Promise<Blob> {
  const fetchPolicy = "no-cache"
  const { data } = await apollo.query({ query: gql.ContentDocument, variables: { id }, fetchPolicy })
  return receive(data?.document?.contentUrl)
}

/** Let somebody read a document; return the names of all who can now. */
export async function share(documentId: string, principalId: string): Promise<string[]> {
  const input = { documentId, principalId, rights: ["READ" as const] }
  const { data } = await apollo.mutate({ mutation: gql.ShareDocument, variables: { input } })
  const { grants } = done(data?.setDocumentRights)
  return (grants ?? []).map(({ principal }) => ("name" in principal ? principal.name : principal.displayName))
}

/** Look at the newest documents, until the function is called that is returned. */
export function watch(first: number, looking: Looking<gql.LineFragment>): () => void {
  const query = gql.DocumentsDocument
  const list = apollo.watchQuery({ query, variables: { first }, fetchPolicy: "network-only" })
  let showing: { unsubscribe: () => void } | undefined
  // What happened before the list is read stands in it; what happens later is heard.
  const standing = whenItStands(() => {
    if (showing) void list.refetch().catch(looking.fail)
    else showing = list.subscribe(show)
  })
  let hearing = hear()

  function show({ data, dataState, error }: ObservableQuery.Result<gql.DocumentsQuery>): void {
    if (error) looking.fail(error)
    else if (dataState === "complete" && data.documents)
      looking.show(data.documents.edges.slice(0, first).map((it) => it.node))
  }

  function hear() {
    return apollo.subscribe({ query: gql.DocumentEventsDocument }).subscribe(({ data, error }) => {
      if (error && mustBeginAnew(error)) hearing = hear()
      else if (error) looking.fail(error)
      else if (data) take(data.documentEvents)
    })
  }

  function take(event: gql.DocumentEventsSubscription["documentEvents"]): void {
    looking.hear(event.__typename)
    // What was changed the cache knows already: the event brought it, with its id.
    if (event.__typename === "DocumentAdded") forgetLists()
    if (event.__typename === "DocumentGone") {
      apollo.cache.evict({ id: apollo.cache.identify({ __typename: "Document", id: event.documentId }) })
      forgetLists()
    }
  }

  return () => {
    standing()
    hearing.unsubscribe()
    showing?.unsubscribe()
  }
}
