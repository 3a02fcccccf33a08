// The one way to the API: how it is asked, and what becomes of its answers.
import {
  Client,
  cacheExchange,
  type CombinedError,
  fetchExchange,
  mapExchange,
  type OperationResult,
  type TypedDocumentNode,
} from '@urql/core';
import type { SaidFragment } from '../gql/graphql';

const SESSION_ENDED = 'UNAUTHENTICATED';

/** A client with an empty memory: make a new one for each session, so that nobody sees what another had asked. */
export function makeClient(onSessionEnd: () => void): Client {
  const isOver = watchSession();
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [
      mapExchange({
        onResult: (result) => {
          if (isOver(result)) {
            onSessionEnd();
          }
        },
      }),
      cacheExchange,
      fetchExchange,
    ],
    fetchOptions: () => ({
      credentials: 'same-origin',
      headers: {
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        // With the session's cookie every request needs this header: no foreign page can send it.
        'X-Kluis-Request': '1',
      },
    }),
  });
}

/** What tells whether an answer says that the session has ended: nobody is there any more, where somebody was. */
function watchSession() {
  let isOpen = false;
  return ({ data, error }: OperationResult<{ viewer?: unknown }>) => {
    isOpen ||= Boolean(data?.viewer);
    return isOpen && (data?.viewer === null || Boolean(error && codesOf(error).includes(SESSION_ENDED)));
  };
}

/** The codes that an answer gives its errors. */
export function codesOf(error: CombinedError): string[] {
  return error.graphQLErrors.map((it) => String(it.extensions['code'] ?? ''));
}

/** What the server said that its caller can put right, field by field. */
export class Refused extends Error {
  constructor(readonly said: readonly SaidFragment[]) {
    super(said.map((it) => it.message).join(' '));
  }

  /** What concerns one field of the input. */
  of(field: string): SaidFragment | undefined {
    return this.said.find((it) => it.path?.at(-1) === field);
  }

  /** What concerns none of these fields. */
  beside(fields: readonly string[]): readonly SaidFragment[] {
    return this.said.filter((it) => !fields.includes(it.path?.at(-1) ?? ''));
  }
}

interface Payload {
  userErrors: readonly SaidFragment[];
}

/** Send a mutation and return its payload. Throws Refused, or urql's CombinedError. */
export async function send<P extends Payload, V extends object>(
  client: Client,
  mutation: TypedDocumentNode<{ payload: P | null }, V>,
  variables: V,
): Promise<P> {
  const { data, error } = await client.mutation(mutation, variables as V & Record<string, unknown>);
  if (error) {
    throw error;
  }
  if (!data?.payload) {
    throw new Error('The server answered without a payload.');
  }
  if (data.payload.userErrors.length) {
    throw new Refused(data.payload.userErrors);
  }
  return data.payload;
}
