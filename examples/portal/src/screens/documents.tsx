// The client's documents (S062-S068): a filter, the list it leaves, and one document to look at.
import { useClient } from '@urql/preact';
import { useState } from 'preact/hooks';
import { explain } from '../api/explain';
import { download, open } from '../api/files';
import { useNews } from '../api/live';
import type { RowFragment } from '../gql/graphql';
import { Trouble } from '../parts/form';
import { Screen } from '../parts/frame';
import { useWords } from '../texts';
import { DocumentView } from './document-view';
import { Filter, NOTHING, type Wanted } from './filter';
import { List } from './list';

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
      {viewed && <DocumentView row={viewed} news={news} trouble={trouble} onAction={act} onClose={() => setViewed(null)} />}
    </Screen>
  );
}
