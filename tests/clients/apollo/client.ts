import { ApolloClient, ApolloLink, InMemoryCache } from "@apollo/client"
import { GraphQLWsLink } from "@apollo/client/link/subscriptions"
import { relayStylePagination } from "@apollo/client/utilities"
import { OperationTypeNode } from "graphql"
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs"

import possibleTypes from "./gql/possible-types.ts"
import { newSocket } from "./sockets.ts"

let token: string | undefined

/** Ask as the owner of this session, or API key, from now on. */
export async function use(bearer: string | null | undefined): Promise<void> {
  token = bearer ?? undefined
  // What somebody else saw is not for whoever asks now.
  await apollo.clearStore()
}

const signed = new ApolloLink((operation, forward) => {
  operation.setContext(({ headers }: { headers?: Record<string, string> }) => ({
    headers: {
      ...headers,
      // A form without a token, or with the session's cookie, is taken with this header alone.
      "X-Kluis-Request": "1",
      ...(token && { Authorization: `Bearer ${token}` }),
    },
  }))
  return forward(operation)
})

const socket = newSocket(() => token)

/** Do something each time that a subscription stands: at first, and after each break; return what ends that. */
export function whenItStands(act: () => void): () => void {
  return socket.on("ping", (isFromServer, said) => {
    if (isFromServer && said && "subscribed" in said) act()
  })
}

export const apollo = new ApolloClient({
  link: ApolloLink.split(
    (operation) => operation.operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    signed.concat(new UploadHttpLink({ uri: `${process.env.KLUIS_URL}/graphql` })),
  ),
  cache: new InMemoryCache({
    possibleTypes: possibleTypes.possibleTypes,
    typePolicies: {
      Query: { fields: { documents: relayStylePagination(["filter", "orderBy"]) } },
    },
  }),
})
