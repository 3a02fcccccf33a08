// News of documents the moment it happens (`documentEvents`), by server-sent events.
import { useEffect, useState } from 'preact/hooks';

const OPERATION = 'subscription News { documentEvents { __typename } }';
const ANSWER = 'text/event-stream';
// In milliseconds.
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
// Several changes that come together are one look at the list.
const GATHERING = 400;
// Of a server that is busy, or has just been started anew.
const TRY_AGAIN = [502, 503, 504];

/** A number that rises when there is something new to see. */
export function useNews(): number {
  const [news, setNews] = useState(0);
  useEffect(() => {
    const stopping = new AbortController();
    let gathered: ReturnType<typeof setTimeout>;
    const tell = () => {
      clearTimeout(gathered);
      gathered = setTimeout(() => setNews((it) => it + 1), GATHERING);
    };
    void listen(tell, stopping.signal);
    return () => {
      clearTimeout(gathered);
      stopping.abort();
    };
  }, []);
  return news;
}

/** Tell of each event until the signal, or until the server says that there are none for this caller. */
async function listen(tell: () => void, signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE;
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    try {
      const answer = await ask(signal);
      if (answer.ok && answer.body && answer.headers.get('Content-Type')?.startsWith(ANSWER)) {
        pause = FIRST_PAUSE;
        if (!isFirst) {
          // Nobody knows what happened meanwhile.
          tell();
        }
        await hear(answer.body, tell);
      } else if (!TRY_AGAIN.includes(answer.status)) {
        return;
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

async function hear(body: ReadableStream<Uint8Array<ArrayBuffer>>, tell: () => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const events = (text + piece.value).split('\n\n');
    text = events.pop() ?? '';
    if (events.some((it) => it.startsWith('event: next'))) {
      tell();
    }
  }
}
