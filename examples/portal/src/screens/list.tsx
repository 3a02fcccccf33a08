// The list, newest first, in pages that are asked for one by one; it follows the news.
import { useQuery } from '@urql/preact';
import { useEffect, useState } from 'preact/hooks';
import { explain } from '../api/explain';
import { DocumentsDocument, type DocumentsQuery, type RowFragment } from '../gql/graphql';
import { Trouble } from '../parts/form';
import { Link } from '../parts/route';
import { useWords } from '../texts';
import type { Action } from './documents';
import { asFilter, NOTHING, useNewly, type Wanted } from './filter';
import { Row } from './row';

type Documents = NonNullable<DocumentsQuery['documents']>;

interface ListProps {
  wanted: Wanted;
  news: number;
  onAction: (document: RowFragment, action: Action) => void;
}

export function List({ wanted, news, onAction }: ListProps) {
  const { t } = useWords();
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const [isEmpty, setIsEmpty] = useState(false);
  const seen = (at: number, { nodes, pageInfo }: Documents) => {
    if (at === 0) {
      setIsEmpty(nodes.length === 0);
    }
    // Where news has moved the end of a page, the next one begins there.
    setCursors((all) => all.map((it, number) => (number === at + 1 ? pageInfo.endCursor : it)));
  };
  return (
    <>
      {isEmpty && <Nothing isFiltered={wanted !== NOTHING} />}
      <table class="documents" hidden={isEmpty}>
        <thead>
          <tr>
            <th scope="col">{t('description')}</th>
            <th scope="col">{t('categories')}</th>
            <th scope="col" aria-sort="descending">{t('date')}</th>
            <th scope="col"><span class="unseen">{t('actions')}</span></th>
          </tr>
        </thead>
        {cursors.map((after, at) => (
          <Page
            key={at}
            wanted={wanted}
            news={news}
            after={after}
            isLast={at === cursors.length - 1}
            onAction={onAction}
            onSeen={(page) => seen(at, page)}
            onMore={(next) => setCursors([...cursors, next])}
          />
        ))}
      </table>
    </>
  );
}

interface PageProps extends ListProps {
  after: string | null;
  isLast: boolean;
  onSeen: (page: Documents) => void;
  onMore: (after: string | null) => void;
}

function Page({ wanted, news, after, isLast, onAction, onSeen, onMore }: PageProps) {
  const words = useWords();
  const variables = { filter: asFilter(wanted), after };
  // Addresses of previews last for a minute, so that what was kept is of no use.
  const [{ data, error }, ask] = useQuery({ query: DocumentsDocument, variables, requestPolicy: 'network-only' });
  useNewly(news, ask);
  const page = data?.documents;
  useEffect(() => {
    if (page) {
      onSeen(page);
    }
  }, [page]);
  if (!page) {
    return (
      <tbody>
        <tr>
          <td colSpan={4} class="waiting">
            {error ? <Trouble text={explain(error, words)} /> : words.t('loading')}
          </td>
        </tr>
      </tbody>
    );
  }
  const { hasNextPage, endCursor } = page.pageInfo;
  return (
    <tbody>
      {page.nodes.map((document) => (
        <Row key={document.id} document={document} onAction={onAction} />
      ))}
      {isLast && hasNextPage && (
        <tr>
          <td colSpan={4} class="more">
            <button type="button" onClick={() => onMore(endCursor)}>{words.t('more')}</button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { t } = useWords();
  if (isFiltered) {
    return <p class="nothing">{t('noneFound')}</p>;
  }
  return (
    <div class="nothing">
      <p>{t('noDocuments')}</p>
      <p class="hint">{t('noDocumentsLead')}</p>
      <Link to="upload" class="button primary">{t('uploadDocument')}</Link>
    </div>
  );
}
