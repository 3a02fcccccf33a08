// What to tell somebody when something did not work.
import { CombinedError } from '@urql/core';
import type { Words } from '../texts';
import { Refused } from './client';
import { Broken } from './upload';

/** A sentence for whoever tried; `fields` are told beside the fields themselves. */
export function explain(error: unknown, words: Words, fields: readonly string[] = []): string {
  if (error instanceof Refused) {
    return error.beside(fields).map(words.refusal).join(' ');
  }
  if (error instanceof Broken) {
    return error.message || words.t('uploadBroken');
  }
  if (!(error instanceof CombinedError)) {
    return words.t('failed');
  }
  if (error.networkError && !error.response) {
    return words.t('unreachable');
  }
  const [first] = error.graphQLErrors;
  const seconds = first?.extensions['retryAfterSeconds'];
  if (seconds !== undefined) {
    return words.t('tooMany', { seconds: String(seconds) });
  }
  return first?.message || words.t('failed');
}
