// Something that somebody does: once at a time, and with what is said when it fails.
import { useClient } from '@urql/preact';
import type { Client } from '@urql/core';
import { useState } from 'preact/hooks';
import { Refused } from '../api/client';
import { explain } from '../api/explain';
import { useWords } from '../texts';

export interface Acting {
  busy: boolean;
  /** What concerns no field of the form; empty when all is well. */
  trouble: string;
  /** What concerns one field of it. */
  wrong: (field: string) => string | undefined;
  /** Do it; returns whether it went well. */
  act: (work: (client: Client) => Promise<void>) => Promise<boolean>;
  forget: () => void;
}

/** `fields` are the inputs that tell beside themselves what is wrong with them. */
export function useActing(...fields: string[]): Acting {
  const client = useClient();
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const act = async (work: (client: Client) => Promise<void>) => {
    if (busy) {
      return false;
    }
    setBusy(true);
    setError(null);
    try {
      await work(client);
      return true;
    } catch (caught) {
      setError(caught);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    act,
    trouble: error === null ? '' : explain(error, words, fields),
    wrong: (field) => {
      const said = error instanceof Refused ? error.of(field) : undefined;
      return said && words.refusal(said);
    },
    forget: () => setError(null),
  };
}
