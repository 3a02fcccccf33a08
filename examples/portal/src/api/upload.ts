// A file on its way in: announced, sent with progress, and made into a document.
import type { Client } from '@urql/core';
import { CompleteUploadDocument, CreateUploadDocument, type CreateUploadMutation } from '../gql/graphql';
import { send } from './client';

type Ticket = NonNullable<NonNullable<CreateUploadMutation['payload']>['upload']>;

export interface Sent {
  file: File;
  description: string;
  documentDate: string | null;
}

export interface Watch {
  onProgress: (sent: number) => void;
  signal: AbortSignal;
}

/** The bytes did not get through. The server's reason, if it gave one. */
export class Broken extends Error {}

// Where the system does not know a type, the browser says nothing, and the name has to do.
const BY_EXTENSION: Record<string, string> = {
  heic: 'image/heic',
  heif: 'image/heic',
  eml: 'message/rfc822',
  csv: 'text/csv',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
};

function mediaType(file: File): string {
  const extension = file.name.split('.').at(-1)?.toLowerCase() ?? '';
  return BY_EXTENSION[extension] ?? (file.type || 'application/octet-stream');
}

/** Send a document in; return it. Throws Refused, Broken, CombinedError, and the signal's reason. */
export async function upload(client: Client, { file, description, documentDate }: Sent, watch: Watch) {
  const announced = { fileName: file.name, mediaType: mediaType(file), byteSize: file.size };
  const { upload: ticket } = await send(client, CreateUploadDocument, { input: announced });
  if (!ticket) {
    throw new Broken('');
  }
  await put(ticket, file, watch);
  const { document } = await send(client, CompleteUploadDocument, {
    input: { uploadId: ticket.id, description, documentDate },
  });
  return document;
}

// XMLHttpRequest, because fetch does not tell how far a body has come.
function put({ url, headers }: Ticket, file: File, { onProgress, signal }: Watch): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    for (const { name, value } of headers) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => (request.status === 204 ? resolve() : reject(new Broken(reason(request))));
    request.onerror = () => reject(new Broken(''));
    request.onabort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

function reason(request: XMLHttpRequest): string {
  try {
    const { error } = JSON.parse(request.responseText) as { error: { message: string } };
    return error.message;
  } catch {
    return '';
  }
}
