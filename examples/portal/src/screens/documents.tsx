// The client's documents (S062-S068): a filter, the list it leaves, and one document to look at.
import { useClient, useQuery } from '@urql/preact';
import { useEffect, useState } from 'preact/hooks';
import { explain } from '../api/explain';
import { download, open } from '../api/files';
import { useNews } from '../api/live';
import { DocumentsDocument, type RowFragment } from '../gql/graphql';
import { Trouble } from '../parts/form';
import { Screen } from '../parts/frame';
import { Link } from '../parts/route';
import { useWords } from '../texts';
import { DocumentView } from './document-view';
import { asFilter, Filter, NOTHING, useNewly, type Wanted } from './filter';
import { Row } from './row';

export type Action = 'view' | 'open' | 'download';

export function Documents() {
  const words = useWords();
  const client = useClient();
  const [wanted, setWanted] = useState<Wanted>(NOTHING);
  const [viewed, setViewed] = useState<RowFragment | null>(null);
  const [trouble, setTrouble] = useState('');
  const news = useNews();
  const act = async (document: RowFragment, action: Action) => {
    setTrouble('');
    if (action === 'view') {
      setViewed(document);
      return;
    }
    try {
      const said = await (action === 'open' ? open : download)(client, document);
      setTrouble(said ? words.t(said) : '');
    } catch (error) {
      setTrouble(explain(error, words));
    }
  };
  return (
    <Screen title={words.t('documents')}>
      <Filter wanted={wanted} news={news} onWanted={setWanted} />
      <Trouble text={trouble} />
      <List key={JSON.stringify(wanted)} wanted={wanted} news={news} onAction={act} />
      {viewed && <DocumentView row={viewed} trouble={trouble} onAction={act} onClose={() => setViewed(null)} />}
    </Screen>
  );
}

interface ListProps {
  wanted: Wanted;
  news: number;
  onAction: (document: RowFragment, action: Action) => void;
}

function List({ wanted, news, onAction }: ListProps) {
  const { t } = useWords();
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const [isEmpty, setIsEmpty] = useState(false);
  useEffect(() => setIsEmpty(false), [news]);
  if (isEmpty) {
    return <Nothing isFiltered={wanted !== NOTHING} />;
  }
  return (
    <table class="documents">
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
          key={after}
          wanted={wanted}
          news={news}
          after={after}
          isLast={at === cursors.length - 1}
          onAction={onAction}
          onMore={(next) => setCursors([...cursors, next])}
          onEmpty={() => setIsEmpty(true)}
        />
      ))}
    </table>
  );
}

interface PageProps extends ListProps {
  after: string | null;
  isLast: boolean;
  onMore: (after: string | null) => void;
  onEmpty: () => void;
}

/** The pages are asked for one by one, and once more when there is news. */
function Page({ wanted, news, after, isLast, onAction, onMore, onEmpty }: PageProps) {
  const words = useWords();
  const variables = { filter: asFilter(wanted), after };
  // Addresses of previews last for a minute, so that what was kept is of no use.
  const [{ data, error }, ask] = useQuery({ query: DocumentsDocument, variables, requestPolicy: 'network-only' });
  useNewly(news, ask);
  const page = data?.documents;
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
  if (!page.nodes.length && after === null) {
    onEmpty();
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
