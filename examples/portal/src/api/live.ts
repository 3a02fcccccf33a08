// News of documents the moment it happens (`documentEvents`), by server-sent events.
import { useEffect, useState } from 'preact/hooks';

const OPERATION = 'subscription News { documentEvents { __typename } }';
const ANSWER = 'text/event-stream';
// In milliseconds.
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
// The server says something every 15 seconds; a connection that does not is dead.
const SILENCE = 40_000;
// Several changes that come together are one look at the list.
const GATHERING = 400;
// Of a server that is busy, or has just been started anew.
const TRY_AGAIN = [429, 502, 503, 504];

/** A number that rises when there may be something new to see. */
export function useNews(): number {
  const [news, setNews] = useState(0);
  useEffect(() => {
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        setNews((it) => it + 1);
      }, GATHERING);
    };
    const stop = listenWhileSeen(tell);
    return () => {
      stop();
      clearTimeout(gathering);
    };
  }, []);
  return news;
}

/** Listen as long as somebody sees the page: browsers have six connections for all tabs of a site (HTTP/1.1). */
function listenWhileSeen(tell: () => void): () => void {
  let stopping = new AbortController();
  const begin = () => {
    stopping.abort();
    stopping = new AbortController();
    if (!document.hidden) {
      void listen(tell, stopping.signal);
    }
  };
  begin();
  document.addEventListener('visibilitychange', begin);
  // Whoever was in a tunnel does not wait for the pause to end.
  addEventListener('online', begin);
  return () => {
    document.removeEventListener('visibilitychange', begin);
    removeEventListener('online', begin);
    stopping.abort();
  };
}

/** Tell of each event until the signal, or until the server says that there are none for this caller. */
async function listen(tell: () => void, signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    try {
      const answer = await ask(signal);
      if (!TRY_AGAIN.includes(answer.status)) {
        // Nobody told what happened until now; and if the session has ended, the list hears so.
        tell();
        if (!answer.ok || !answer.body) {
          return;
        }
        pause = FIRST_PAUSE;
        await hear(answer.body, tell);
      }
    } catch {
      // The connection broke, or this page is left: the signal tells which.
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

// Not EventSource, which can not send the header that the session's cookie needs.
function ask(signal: AbortSignal): Promise<Response> {
  return fetch('/graphql/stream', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { Accept: ANSWER, 'Content-Type': 'application/json', 'X-Kluis-Request': '1' },
    body: JSON.stringify({ query: OPERATION }),
    signal,
  });
}

/** Tell of each event of an answer until it ends. An error is told too: what ended it, the list hears of as well. */
async function hear(body: ReadableStream<Uint8Array<ArrayBuffer>>, tell: () => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let piece = await said(reader); !piece.done; piece = await said(reader)) {
    const events = (text + piece.value).split('\n\n');
    text = events.pop() ?? '';
    if (events.some((it) => it.startsWith('event: next'))) {
      tell();
    }
  }
}

/** The next piece of an answer; it is over when none has come for too long. */
async function said(reader: ReadableStreamDefaultReader<string>): Promise<ReadableStreamReadResult<string>> {
  const timer = setTimeout(() => void reader.cancel(), SILENCE);
  try {
    return await reader.read();
  } finally {
    clearTimeout(timer);
  }
}
