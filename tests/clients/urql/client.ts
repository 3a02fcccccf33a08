import { Client, fetchExchange } from "@urql/core"
import { type Cache, cacheExchange } from "@urql/exchange-graphcache"
import { relayPagination } from "@urql/exchange-graphcache/extras"

import schema from "./gql/schema.json" with { type: "json" }

let token: string | undefined

/** Ask as the owner of this session, or API key, from now on. */
export function use(bearer: string | null | undefined): void {
  token = bearer ?? undefined
  // What somebody else saw is not for whoever asks now.
  urql = newClient()
}

export let urql = newClient()

function newClient(): Client {
  return new Client({
    url: `${process.env.KLUIS_URL}/graphql`,
    // Queries come by POST, unless the server says otherwise.
    preferGetMethod: false,
    fetchOptions: () => ({
      headers: {
        // A form without a token, or with the session's cookie, is taken with this header alone.
        "X-Kluis-Request": "1",
        ...(token && { Authorization: `Bearer ${token}` }),
      },
    }),
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
        },
      }),
      fetchExchange,
    ],
  })
}

function forgetLists(cache: Cache): void {
  for (const { fieldName, arguments: given } of cache.inspectFields("Query")) {
    if (fieldName === "documents") cache.invalidate("Query", fieldName, given)
  }
}
