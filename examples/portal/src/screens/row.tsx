// One document of the list, with its three actions (S062, S067).
import { useMemo, useState } from 'preact/hooks';
import type { RowFragment } from '../gql/graphql';
import { Eye, Opening, Paper, Saving } from '../parts/icons';
import { useWords } from '../texts';
import type { Action } from './documents';

interface RowProps {
  document: RowFragment;
  onAction: (document: RowFragment, action: Action) => void;
}

const ACTIONS = { view: Eye, open: Opening, download: Saving } as const;
const ORDER: readonly Action[] = ['view', 'open', 'download'];

export function Row({ document, onAction }: RowProps) {
  const { t, moment } = useWords();
  // Each answer has a new address for the same picture.
  const picture = useMemo(() => document.previewUrl, [document.updatedAt, document.previewUrl === null]);
  const names = document.categories.map((it) => it.name).join(', ');
  return (
    <tr>
      <td>
        <div class="what">
          <Thumbnail key={picture} url={picture} />
          <strong>{document.description}</strong>
        </div>
      </td>
      <td class="categories">{names || <span class="soft">{t('uncategorised')}</span>}</td>
      <td class="when">
        <time dateTime={document.updatedAt}>{moment(document.updatedAt)}</time>
      </td>
      <td class="actions">
        {ORDER.map((action) => {
          const Picture = ACTIONS[action];
          return (
            <button
              key={action}
              type="button"
              class="quiet"
              aria-label={`${t(action)}: ${document.description}`}
              title={t(action)}
              onClick={() => onAction(document, action)}
            >
              <Picture />
              <span class="word">{t(action)}</span>
            </button>
          );
        })}
      </td>
    </tr>
  );
}

/** A picture of the first page; a sheet of paper where there is none, or its address is too old. */
function Thumbnail({ url }: { url: string | null }) {
  const [isLost, setIsLost] = useState(false);
  return (
    <span class="thumbnail">
      {url && !isLost ? <img src={url} alt="" width="44" height="56" onError={() => setIsLost(true)} /> : <Paper />}
    </span>
  );
}
