import { CloseCode, createClient } from "graphql-ws"

/** A connection for subscriptions, opened with the first of them and closed after the last. */
export function newSocket(token: () => string | undefined) {
  return createClient({
    url: `${process.env.KLUIS_URL}/graphql`.replace(/^http/, "ws"),
    // A page of the server's own needs none: its cookie comes by itself.
    connectionParams: () => ({ token: token() }),
    keepAlive: 10_000,
    retryAttempts: Infinity,
    // At once, then less and less often, and not all clients together: a server that restarts has lost them all.
    retryWait: (tries) => sleep(Math.random() * Math.min(500 * 2 ** tries, 30_000)),
    // Also when the server is not reached, but not when nobody is signed in any more.
    shouldRetry: (why) => why instanceof Event && (why as CloseEvent).code !== CloseCode.Forbidden,
  })
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
