// One document in full: its first page, and what is known of it (bekijken, S062).
import { useQuery } from '@urql/preact';
import { useEffect, useRef } from 'preact/hooks';
import { DocumentDocument, type DocumentQuery, type RowFragment } from '../gql/graphql';
import { Trouble } from '../parts/form';
import { Cross, Opening, Paper, Saving } from '../parts/icons';
import { useWords } from '../texts';
import type { Action } from './documents';
import { useNewly } from './filter';

interface ViewProps {
  row: RowFragment;
  news: number;
  trouble: string;
  onAction: (document: RowFragment, action: Action) => void;
  onClose: () => void;
}

export function DocumentView({ row, news, trouble, onAction, onClose }: ViewProps) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const variables = { id: row.id };
  const [{ data }, ask] = useQuery({ query: DocumentDocument, variables, requestPolicy: 'network-only' });
  useEffect(() => dialog.current?.showModal(), []);
  const document = data?.document;
  useNewly(news, ask);
  useEffect(() => {
    // It was taken away while somebody looked at it.
    if (document === null) {
      onClose();
    }
  }, [document]);
  return (
    <dialog ref={dialog} class="view" aria-labelledby="viewed" onClose={onClose}>
      <header>
        <h2 id="viewed">{row.description}</h2>
        <button type="button" class="quiet" aria-label={t('close')} onClick={() => dialog.current?.close()}>
          <Cross />
        </button>
      </header>
      <div class="leaf">
        {document?.picture ? (
          <img src={document.picture} alt={t('preview', { description: row.description })} />
        ) : (
          <p class="soft">
            <Paper />
            {document ? t('noPreview') : t('loading')}
          </p>
        )}
      </div>
      <div class="beside">
        {document && <Facts document={document} />}
        <Trouble text={trouble} />
        <div class="row">
          <button type="button" class="primary" onClick={() => onAction(row, 'open')}>
            <Opening /> {t('open')}
          </button>
          <button type="button" onClick={() => onAction(row, 'download')}>
            <Saving /> {t('download')}
          </button>
        </div>
      </div>
    </dialog>
  );
}

function Facts({ document }: { document: NonNullable<DocumentQuery['document']> }) {
  const { t, day, moment, size } = useWords();
  const by = (time: string, who: { displayName: string } | null) =>
    who ? t('by', { moment: moment(time), name: who.displayName }) : moment(time);
  const facts: [string, string][] = [
    [t('categories'), document.categories.map((it) => it.name).join(', ') || t('uncategorised')],
    [t('documentDate'), document.documentDate ? day(document.documentDate) : ''],
    [t('file'), `${document.fileName} (${size(document.byteSize)})`],
    [t('createdAt'), by(document.createdAt, document.createdBy)],
    [t('updatedAt'), by(document.updatedAt, document.updatedBy)],
  ];
  return (
    <dl>
      {facts.map(([name, value]) => value && (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
