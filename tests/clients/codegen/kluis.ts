import { ask, hear, use } from "./ask.ts"
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
  const first = done((await ask(gql.SignInDocument, { input: { username, password, licence } })).signIn)
  let { step, token } = first
  if (step === "TWO_FACTOR_REQUIRED") {
    const input = { challenge: first.challenge ?? "", code: await askForCode() }
    ;({ step, token } = done((await ask(gql.CompleteTwoFactorDocument, { input })).completeTwoFactor))
  }
  if (step !== "SIGNED_IN") throw new Error(`Go on in the portal: ${step}`)
  use(token)
}

/** The documents that the viewer may read, page by page. */
export async function* documents(
  first: number,
  filter?: gql.DocumentFilter,
): AsyncGenerator<gql.LineFragment[]> {
  let after: string | null = null
  do {
    const page: gql.DocumentsQuery = await ask(gql.DocumentsDocument, { first, after, filter })
    if (!page.documents) return
    yield page.documents.edges.map((it) => it.node)
    after = page.documents.pageInfo.hasNextPage ? page.documents.pageInfo.endCursor : null
  } while (after)
}

/** The first client whose names begin so. */
export async function client(search: string): Promise<{ relationId: string; accountId: string }> {
  const [found] = (await ask(gql.FindClientDocument, { search })).relations?.nodes ?? []
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
  return made(done((await ask(gql.UploadDocumentDocument, { input })).uploadDocument))
}

/** The same in three steps, up to 2 GiB. */
export async function uploadInSteps(
  file: File,
  description: string,
  relationId: string,
): Promise<gql.LineFragment> {
  const announced = { fileName: file.name, mediaType: file.type, byteSize: file.size }
  const { upload } = done((await ask(gql.CreateUploadDocument, { input: announced })).createUpload)
  if (!upload) throw new Error("No upload was begun.")
  await send(upload, file)
  const input = { uploadId: upload.id, description, relationIds: [relationId] }
  return made(done((await ask(gql.CompleteUploadDocument, { input })).completeUpload))
}

function made(payload: { document: gql.LineFragment | null }): gql.LineFragment {
  if (!payload.document) throw new Error("It was made, and is not to be seen.")
  return payload.document
}

/** The bytes of a document. */
export async function download(id: string): Promise<Blob> {
  return receive((await ask(gql.ContentDocument, { id })).document?.contentUrl)
}

/** Let somebody read a document; return the names of all who can now. */
export async function share(documentId: string, principalId: string): Promise<string[]> {
  const input = { documentId, principalId, rights: ["READ" as const] }
  const { grants } = done((await ask(gql.ShareDocument, { input })).setDocumentRights)
  return (grants ?? []).map(({ principal }) => ("name" in principal ? principal.name : principal.displayName))
}

/** Look at the newest documents, until the function is called that is returned. */
export function watch(first: number, looking: Looking<gql.LineFragment>): () => void {
  const ending = new AbortController()
  void keepWatching(first, looking, ending.signal).catch((why: unknown) => {
    if (!ending.signal.aborted) looking.fail(why)
  })
  return () => ending.abort()
}

async function keepWatching(
  first: number,
  looking: Looking<gql.LineFragment>,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = 0; ; pause = Math.min(pause + 1_000, 30_000)) {
    try {
      for await (const heard of hear(gql.DocumentEventsDocument, {}, signal)) {
        pause = 0
        if (heard) looking.hear(heard.documentEvents.__typename)
        // Which place a document has in a list, the server knows.
        for await (const newest of documents(first)) {
          looking.show(newest)
          break
        }
      }
    } catch (why) {
      // `fetch` throws a TypeError where there is no connection, or where it breaks.
      if (!mustBeginAnew(why) && !(why instanceof TypeError)) throw why
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
