// The bytes of a document: shown in a tab of their own, or saved.
import type { Client } from '@urql/core';
import { ContentUrlDocument, type Disposition } from '../gql/graphql';
import type { TextKey } from '../texts';

// What the server sends to be shown; everything else is saved, whatever was asked for.
const SHOWN = ['application/pdf', 'image/jpeg', 'image/png', 'image/webp'];

interface Opened {
  id: string;
  mediaType: string;
}

/** An address that works for a minute, asked for when somebody wants it. */
async function address(client: Client, id: string, disposition: Disposition): Promise<string | null> {
  const query = client.query(ContentUrlDocument, { id, disposition }, { requestPolicy: 'network-only' });
  const { data, error } = await query;
  if (error) {
    throw error;
  }
  return data?.document?.contentUrl ?? null;
}

/** Save a document; return what there is to say if it can not be. */
export async function download(client: Client, { id }: Opened): Promise<TextKey | null> {
  const url = await address(client, id, 'ATTACHMENT');
  if (url === null) {
    return 'cannotOpen';
  }
  location.assign(url);
  return null;
}

/** Show a document in a new tab; return what there is to say if it can not be. */
export async function open(client: Client, document: Opened): Promise<TextKey | null> {
  if (!SHOWN.includes(document.mediaType)) {
    return download(client, document);
  }
  // Before the question is asked: browsers let no window open for a click that is long past.
  const tab = window.open('about:blank', '_blank');
  if (!tab) {
    return 'popupBlocked';
  }
  tab.opener = null;
  try {
    const url = await address(client, document.id, 'INLINE');
    if (url !== null) {
      tab.location.replace(url);
      return null;
    }
  } catch (error) {
    tab.close();
    throw error;
  }
  tab.close();
  return 'cannotOpen';
}
