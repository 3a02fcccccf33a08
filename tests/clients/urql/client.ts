import { Client, fetchExchange, subscriptionExchange } from "@urql/core"
import { type Cache, type DataFields, cacheExchange } from "@urql/exchange-graphcache"
import { relayPagination } from "@urql/exchange-graphcache/extras"
import { createClient } from "graphql-sse"

import schema from "./gql/schema.json" with { type: "json" }

let token: string | undefined

/** Ask as the owner of this session, or API key, from now on. */
export function use(bearer: string | null | undefined): void {
  token = bearer ?? undefined
  // What somebody else saw is not for whoever asks now.
  urql = newClient()
}

function headers(): Record<string, string> {
  // A form without a token, or with the session's cookie, is taken with this header alone.
  return { "X-Kluis-Request": "1", ...(token && { Authorization: `Bearer ${token}` }) }
}

let status = 0
const standing = new Set<() => void>()
const stream = createClient({
  url: `${process.env.KLUIS_URL}/graphql/stream`,
  headers,
  on: { connected: () => standing.forEach((act) => act()) },
  fetchFn: async (...asked: Parameters<typeof fetch>) => {
    const answer = await fetch(...asked)
    status = answer.status
    return answer
  },
  retryAttempts: Infinity,
  // At once, then less and less often, and not all clients together: a server that restarts has lost them all.
  retry: async (tries) => {
    if (status === 401 || status === 403) throw new Error("Sign in first.")
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(500 * 2 ** tries, 30_000)))
  },
})

/** Do something each time that a subscription stands: at first, and after each break; return what ends that. */
export function whenItStands(act: () => void): () => void {
  standing.add(act)
  return () => standing.delete(act)
}

export let urql = newClient()

function newClient(): Client {
  return new Client({
    url: `${process.env.KLUIS_URL}/graphql`,
    // Queries come by POST, unless the server says otherwise.
    preferGetMethod: false,
    fetchOptions: () => ({ headers: headers() }),
    exchanges: [
      cacheExchange({
        schema,
        resolvers: { Query: { documents: relayPagination() } },
        // These have no id, and belong to what they stand in.
        keys: {
          HttpHeader: () => null,
          InputError: () => null,
          ConflictError: () => null,
          InUseError: () => null,
          RateLimitedError: () => null,
        },
        updates: {
          Mutation: {
            // What was made stands in lists that are kept already.
            uploadDocument: (_result, _arguments, cache) => forgetLists(cache),
            completeUpload: (_result, _arguments, cache) => forgetLists(cache),
          },
          Subscription: { documentEvents: ({ documentEvents }, _, cache) => take(documentEvents, cache) },
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: stream.subscribe({ query: query!, variables }, sink) }),
        }),
      }),
    ],
  })
}

/** What was changed the cache knows already: the event brought it, with its id. */
function take(event: DataFields[string], cache: Cache): void {
  const { __typename, documentId } = event as { __typename: string; documentId?: string }
  if (__typename === "DocumentGone") cache.invalidate({ __typename: "Document", id: documentId! })
  if (__typename !== "DocumentChanged") forgetLists(cache)
}

/** Those at which somebody looks are read again: which place a document has in them, the server knows. */
function forgetLists(cache: Cache): void {
  for (const { fieldName, arguments: given } of cache.inspectFields("Query")) {
    if (fieldName === "documents") cache.invalidate("Query", fieldName, given)
  }
}
