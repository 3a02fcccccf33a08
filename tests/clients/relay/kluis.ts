import {
  type GraphQLTaggedNode,
  type MutationParameters,
  ROOT_ID,
  type UploadableMap,
  commitMutation,
  ConnectionHandler,
  createOperationDescriptor,
  type Disposable,
  fetchQuery,
  getRequest,
  graphql,
  requestSubscription,
  type Snapshot,
} from "relay-runtime"

import type { kluisClientQuery } from "./__generated__/kluisClientQuery.graphql.ts"
import type { kluisCompleteTwoFactorMutation } from "./__generated__/kluisCompleteTwoFactorMutation.graphql.ts"
import type { kluisCompleteUploadMutation } from "./__generated__/kluisCompleteUploadMutation.graphql.ts"
import type { kluisContentQuery } from "./__generated__/kluisContentQuery.graphql.ts"
import type { kluisCreateUploadMutation } from "./__generated__/kluisCreateUploadMutation.graphql.ts"
import type { DocumentFilter, kluisDocumentsQuery } from "./__generated__/kluisDocumentsQuery.graphql.ts"
import type { kluisShareMutation } from "./__generated__/kluisShareMutation.graphql.ts"
import type { kluisEventsSubscription } from "./__generated__/kluisEventsSubscription.graphql.ts"
import type { kluisSignInMutation } from "./__generated__/kluisSignInMutation.graphql.ts"
import type { kluisUploadDocumentMutation } from "./__generated__/kluisUploadDocumentMutation.graphql.ts"
import { environment, use, whenItStands } from "./environment.ts"
import { receive, send } from "./files.ts"
import { done } from "./mistakes.ts"
import { type Looking, mustBeginAnew } from "./watching.ts"

/** What comes of a mutation; what nobody can put right is thrown. */
function change<Asked extends MutationParameters>(
  mutation: GraphQLTaggedNode,
  variables: Asked["variables"],
  uploadables?: UploadableMap,
): Promise<Asked["response"]> {
  return new Promise((resolve, reject) => {
    const onCompleted = (response: Asked["response"], errors: readonly { message: string }[] | null | undefined) =>
      errors ? reject(new Error(errors.map((it) => it.message).join(" "))) : resolve(response)
    commitMutation<Asked>(environment, { mutation, variables, uploadables, onCompleted, onError: reject })
  })
}

/** Open a session; `askForCode` asks for what the authenticator app shows. */
export async function signIn(
  username: string,
  password: string,
  askForCode: () => Promise<string>,
): Promise<void> {
  const licence = process.env.KLUIS_LICENCE
  const asked = graphql`
    mutation kluisSignInMutation($input: SignInInput!) {
      signIn(input: $input) {
        step
        token
        challenge
        userErrors { code message path }
      }
    }
  `
  const first = done((await change<kluisSignInMutation>(asked, { input: { username, password, licence } })).signIn)
  let { step, token } = first
  if (step === "TWO_FACTOR_REQUIRED") {
    const input = { challenge: first.challenge ?? "", code: await askForCode() }
    const proved = graphql`
      mutation kluisCompleteTwoFactorMutation($input: CompleteTwoFactorInput!) {
        completeTwoFactor(input: $input) {
          step
          token
          userErrors { code message path }
        }
      }
    `
    ;({ step, token } = done(
      (await change<kluisCompleteTwoFactorMutation>(proved, { input })).completeTwoFactor,
    ))
  }
  if (step !== "SIGNED_IN") throw new Error(`Go on in the portal: ${step}`)
  use(token)
}

type FetchPolicy = "network-only" | "store-or-network"

const documentsQuery = graphql`
  query kluisDocumentsQuery($first: Int!, $after: String, $filter: DocumentFilter) @throwOnFieldError {
    documents(first: $first, after: $after, filter: $filter)
      @connection(key: "kluis_documents", filters: ["filter"]) {
      edges {
        node { id description fileName byteSize updatedAt revision }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`

/** The documents that the viewer may read, page by page. */
export async function* documents(
  first: number,
  filter?: DocumentFilter,
): AsyncGenerator<{ id: string; description: string }[]> {
  let seen = 0
  let after: string | null = null
  do {
    const fetchPolicy: FetchPolicy = after ? "network-only" : "store-or-network"
    const answer: kluisDocumentsQuery["response"] | undefined = await fetchQuery<kluisDocumentsQuery>(
      environment,
      documentsQuery,
      { first, after, filter },
      { fetchPolicy },
    ).toPromise()
    if (!answer) return
    // The store keeps all pages of a list as one connection.
    const { edges, pageInfo }: kluisDocumentsQuery["response"]["documents"] = answer.documents
    yield edges.slice(seen).map((it) => it.node)
    seen = edges.length
    after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null
  } while (after)
}

/** The lists at whose top new documents are put. */
function allDocuments(): string[] {
  return [ConnectionHandler.getConnectionID(ROOT_ID, "kluis_documents", {})]
}

/** The first client whose names begin so. */
export async function client(search: string): Promise<{ relationId: string; accountId: string }> {
  const asked = graphql`
    query kluisClientQuery($search: String!) @throwOnFieldError {
      relations(search: $search, first: 1) {
        nodes {
          id
          displayName
          portalAccount { id }
        }
      }
    }
  `
  const answer = await fetchQuery<kluisClientQuery>(environment, asked, { search }).toPromise()
  const found = answer?.relations.nodes[0]
  if (!found?.portalAccount) throw new Error(`No client has access to the portal: ${search}`)
  return { relationId: found.id, accountId: found.portalAccount.id }
}

/** Send a document in, up to 25 MiB. */
export async function upload(
  file: File,
  description: string,
  relationId: string,
): Promise<{ id: string; description: string; byteSize: number }> {
  const asked = graphql`
    mutation kluisUploadDocumentMutation($input: UploadDocumentInput!, $connections: [ID!]!) {
      uploadDocument(input: $input) {
        documentEdge @prependEdge(connections: $connections) {
          cursor
          node { id description fileName byteSize updatedAt revision }
        }
        userErrors { code message path }
      }
    }
  `
  const idempotencyKey = crypto.randomUUID()
  const input = { file: null, description, relationIds: [relationId], idempotencyKey }
  const variables = { input, connections: allDocuments() }
  const answer = await change<kluisUploadDocumentMutation>(asked, variables, { "variables.input.file": file })
  return made(done(answer.uploadDocument))
}

/** The same in three steps, up to 2 GiB. */
export async function uploadInSteps(
  file: File,
  description: string,
  relationId: string,
): Promise<{ id: string; description: string; byteSize: number }> {
  const announced = { fileName: file.name, mediaType: file.type, byteSize: file.size }
  const begins = graphql`
    mutation kluisCreateUploadMutation($input: CreateUploadInput!) {
      createUpload(input: $input) {
        upload {
          id
          url
          headers { name value }
        }
        userErrors { code message path }
      }
    }
  `
  const begun = await change<kluisCreateUploadMutation>(begins, { input: announced })
  const { upload } = done(begun.createUpload)
  if (!upload) throw new Error("No upload was begun.")
  await send(upload, file)
  const completes = graphql`
    mutation kluisCompleteUploadMutation($input: CompleteUploadInput!, $connections: [ID!]!) {
      completeUpload(input: $input) {
        documentEdge @prependEdge(connections: $connections) {
          cursor
          node { id description fileName byteSize updatedAt revision }
        }
        userErrors { code message path }
      }
    }
  `
  const input = { uploadId: upload.id, description, relationIds: [relationId] }
  const variables = { input, connections: allDocuments() }
  const answer = await change<kluisCompleteUploadMutation>(completes, variables)
  return made(done(answer.completeUpload))
}

function made<Node>(payload: { documentEdge: { node: Node } | null | undefined }): Node {
  if (!payload.documentEdge) throw new Error("It was made, and is not to be seen.")
  return payload.documentEdge.node
}

/** The bytes of a document. */
export async function download(id: string): Promise<Blob> {
  const asked = graphql`
    query kluisContentQuery($id: ID!) {
      document(id: $id) {
        contentUrl
      }
    }
  `
  const answer = await fetchQuery<kluisContentQuery>(environment, asked, { id }).toPromise()
  return receive(answer?.document?.contentUrl)
}

/** Let somebody read a document; return the names of all who can now. */
export async function share(documentId: string, principalId: string): Promise<string[]> {
  const asked = graphql`
    mutation kluisShareMutation($input: SetDocumentRightsInput!) {
      setDocumentRights(input: $input) {
        document { id revision updatedAt }
        grants {
          principal {
            __typename
            ... on Account { displayName }
            ... on Group { name }
          }
        }
        userErrors { code message path }
      }
    }
  `
  const input = { documentId, principalId, rights: ["READ" as const] }
  const { grants } = done((await change<kluisShareMutation>(asked, { input })).setDocumentRights)
  return (grants ?? []).map(({ principal }) =>
    principal.__typename === "Group" ? principal.name : principal.__typename === "Account" ? principal.displayName : "",
  )
}

/** Look at the newest documents, until the function is called that is returned. */
export function watch(
  first: number,
  looking: Looking<{ id: string; description: string }>,
): () => void {
  const asked = createOperationDescriptor(getRequest(documentsQuery), { first })
  let kept: Disposable[] = []
  // What happened before the list is read stands in it; what happens later is heard.
  const standing = whenItStands(() => {
    read().catch(looking.fail)
  })
  let hearing = hear()

  async function read(): Promise<void> {
    const anew = { fetchPolicy: "network-only" } as const
    await fetchQuery<kluisDocumentsQuery>(environment, documentsQuery, { first }, anew).toPromise()
    if (kept.length > 0) return
    const now = environment.lookup(asked.fragment)
    kept = [environment.retain(asked), environment.subscribe(now, show)]
    show(now)
  }

  function show({ data }: Snapshot): void {
    const { edges, pageInfo } = (data as kluisDocumentsQuery["response"]).documents
    // Where too few are left, there is more to be read.
    if (edges.length < first && pageInfo.hasNextPage) read().catch(looking.fail)
    else looking.show(edges.slice(0, first).map((it) => it.node))
  }

  function hear(): Disposable {
    const subscription = graphql`
      subscription kluisEventsSubscription($connections: [ID!]!) {
        documentEvents {
          __typename
          ... on DocumentAdded {
            document @prependNode(connections: $connections, edgeTypeName: "DocumentEdge") {
              id description fileName byteSize updatedAt revision
            }
          }
          ... on DocumentChanged {
            document { id description fileName byteSize updatedAt revision }
          }
          ... on DocumentGone {
            documentId @deleteEdge(connections: $connections)
          }
        }
      }
    `
    return requestSubscription<kluisEventsSubscription>(environment, {
      subscription,
      variables: { connections: allDocuments() },
      onNext: (heard) => looking.hear(heard!.documentEvents.__typename),
      onError: (why) => {
        if (mustBeginAnew(why)) hearing = hear()
        else looking.fail(why)
      },
    })
  }

  return () => {
    standing()
    hearing.dispose()
    kept.forEach((it) => it.dispose())
  }
}
