// One request to the API with the session's cookie, and what comes of it.

export interface Answer<Data> {
  status: number;
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** Send an operation, or a form that holds one with its files; return the answer. Throw where the server is away. */
export async function ask<Data>(
  asked: { query: string; variables?: unknown; operationName?: string | null | undefined } | FormData,
): Promise<Answer<Data>> {
  const isForm = asked instanceof FormData;
  const response = await fetch("/graphql", {
    method: "POST",
    credentials: "same-origin",
    headers: {
      Accept: "application/graphql-response+json, application/json;q=0.9",
      // A page of another site could not send it.
      "X-Kluis-Request": "console",
      ...(isForm ? {} : { "Content-Type": "application/json" }),
    },
    body: isForm ? asked : JSON.stringify(asked),
  });
  const body: object = await response.json().catch(() => ({}));
  return { ...body, status: response.status };
}

/** Whether the answer says that nobody is signed in (any more). */
export function isSignedOut(answer: Answer<unknown>): boolean {
  return answer.errors?.some((error) => error.extensions?.code === "UNAUTHENTICATED") ?? false;
}
