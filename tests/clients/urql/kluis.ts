import { type AnyVariables, type OperationResult, type TypedDocumentNode, createRequest } from "@urql/core"

import { urql, use, whenItStands } from "./client.ts"
import { receive, send } from "./files.ts"
import * as gql from "./gql/graphql.ts"
import { done } from "./mistakes.ts"
import { type Looking, mustBeginAnew } from "./watching.ts"

/** What comes of a mutation; what nobody can put right is thrown. */
async function change<Result, Variables extends AnyVariables>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result | undefined> {
  const { data, error } = await urql.mutation(document, variables).toPromise()
  if (error) throw error
  return data
}

/** The same of a query. */
async function read<Result, Variables extends AnyVariables>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  requestPolicy: "cache-first" | "network-only" = "cache-first",
): Promise<Result | undefined> {
  const { data, error } = await urql.query(document, variables, { requestPolicy }).toPromise()
  if (error) throw error
  return data
}

/** Open a session; `askForCode` asks for what the authenticator app shows. */
export async function signIn(
  username: string,
  password: string,
  askForCode: () => Promise<string>,
): Promise<void> {
  const licence = process.env.KLUIS_LICENCE
  const first = done((await change(gql.SignInDocument, { input: { username, password, licence } }))?.signIn)
  let { step, token } = first
  if (step === "TWO_FACTOR_REQUIRED") {
    const input = { challenge: first.challenge ?? "", code: await askForCode() }
    ;({ step, token } = done((await change(gql.CompleteTwoFactorDocument, { input }))?.completeTwoFactor))
  }
  if (step !== "SIGNED_IN") throw new Error(`Go on in the portal: ${step}`)
  use(token)
}

/** The documents that the viewer may read, page by page. */
export async function* documents(
  first: number,
  filter?: gql.DocumentFilter,
): AsyncGenerator<gql.LineFragment[]> {
  let seen = 0
  let after: string | null = null
  do {
    const answer: gql.DocumentsQuery | undefined = await read(gql.DocumentsDocument, { first, after, filter })
    if (!answer?.documents) return
    // The cache keeps all pages of a list as one.
    const { edges, pageInfo }: NonNullable<gql.DocumentsQuery["documents"]> = answer.documents
    yield edges.slice(seen).map((it) => it.node)
    seen = edges.length
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after)
}

/** The first client whose names begin so. */
export async function client(search: string): Promise<{ relationId: string; accountId: string }> {
  const [found] = (await read(gql.FindClientDocument, { search }))?.relations?.nodes ?? []
  if (!found?.portalAccount) throw new Error(`No client has access to the portal: ${search}`)
  return { relationId: found.id, accountId: found.portalAccount.id }
}

/** Send a document in, up to 25 MiB; urql sends a request with a file in parts by itself. */
export async function upload(
  file: File,
  description: string,
  relationId: string,
): Promise<gql.LineFragment> {
  const input = { file, description, relationIds: [relationId], idempotencyKey: crypto.randomUUID() }
  return made(done((await change(gql.UploadDocumentDocument, { input }))?.uploadDocument))
}

/** The same in three steps, up to 2 GiB. */
export async function uploadInSteps(
  file: File,
  description: string,
  relationId: string,
): Promise<gql.LineFragment> {
  const announced = { fileName: file.name, mediaType: file.type, byteSize: file.size }
  const { upload } = done((await change(gql.CreateUploadDocument, { input: announced }))?.createUpload)
  if (!upload) throw new Error("No upload was begun.")
  await send(upload, file)
  const input = { uploadId: upload.id, description, relationIds: [relationId] }
  return made(done((await change(gql.CompleteUploadDocument, { input }))?.completeUpload))
}

function made(payload: { document: gql.LineFragment | null }): gql.LineFragment {
  if (!payload.document) throw new Error("It was made, and is not to be seen.")
  return payload.document
}

/** The bytes of a document; an address of the cache could be over. */
export async function download(id: string): Promise<Blob> {
  return receive((await read(gql.ContentDocument, { id }, "network-only"))?.document?.contentUrl)
}

/** Let somebody read a document; return the names of all who can now. */
export async function share(documentId: string, principalId: string): Promise<string[]> {
  const input = { documentId, principalId, rights: ["READ" as const] }
  const { grants } = done((await change(gql.ShareDocument, { input }))?.setDocumentRights)
  return (grants ?? []).map(({ principal }) => ("name" in principal ? principal.name : principal.displayName))
}

/** Look at the newest documents, until the function is called that is returned. */
export function watch(first: number, looking: Looking<gql.LineFragment>): () => void {
  const request = createRequest(gql.DocumentsDocument, { first })
  const anew = { requestPolicy: "network-only" } as const
  let showing: { unsubscribe: () => void } | undefined
  // What happened before the list is read stands in it; what happens later is heard.
  const standing = whenItStands(() => {
    if (showing) urql.reexecuteOperation(urql.createRequestOperation("query", request, anew))
    else showing = urql.executeQuery(request, anew).subscribe(show)
  })
  let hearing = hear()

  function show({ data, error, stale }: OperationResult<gql.DocumentsQuery>): void {
    if (error) looking.fail(error)
    else if (!stale && data?.documents)
      looking.show(data.documents.edges.slice(0, first).map((it) => it.node))
  }

  function hear(): { unsubscribe: () => void } {
    return urql.subscription(gql.DocumentEventsDocument, {}).subscribe(({ data, error }) => {
      if (data) looking.hear(data.documentEvents.__typename)
      if (!error) return
      hearing.unsubscribe()
      if (mustBeginAnew(error.graphQLErrors)) hearing = hear()
      else looking.fail(error)
    })
  }

  return () => {
    standing()
    hearing.unsubscribe()
    showing?.unsubscribe()
  }
}
