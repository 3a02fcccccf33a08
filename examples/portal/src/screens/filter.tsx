// What the list is narrowed to (S064-S066): the button tells how many documents it would show.
import { type UseQueryExecute, useQuery } from '@urql/preact';
import { useEffect, useState } from 'preact/hooks';
import { CategoriesDocument, DocumentCountDocument, type DocumentFilter } from '../gql/graphql';
import { SelectField, TextField } from '../parts/field';
import { useWords } from '../texts';

/** As it is typed: empty texts narrow nothing. */
export interface Wanted {
  category: string;
  text: string;
  from: string;
  until: string;
}

export const NOTHING: Wanted = { category: '', text: '', from: '', until: '' };
const UNCATEGORISED = 'none';
// In milliseconds: who types is not asked about at each letter.
const PAUSE = 250;

/** The same as the API takes it; days are those of whoever asks. */
export function asFilter({ category, text, from, until }: Wanted): DocumentFilter {
  return {
    ...(category === UNCATEGORISED && { uncategorised: true }),
    ...(category && category !== UNCATEGORISED && { categoryIds: [category] }),
    ...(text.trim() && { descriptionContains: text.trim() }),
    // `updatedAfter` is a moment that is itself left out.
    ...(from && { updatedAfter: new Date(dayOf(from).getTime() - 1).toISOString() }),
    ...(until && { updatedBefore: nextDay(dayOf(until)).toISOString() }),
  };
}

function dayOf(date: string): Date {
  return new Date(`${date}T00:00`);
}

function nextDay(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
}

function useLate<T>(value: T): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), PAUSE);
    return () => clearTimeout(timer);
  }, [JSON.stringify(value)]);
  return late;
}

/** Ask again when there is news. */
export function useNewly(news: number, ask: UseQueryExecute): void {
  useEffect(() => {
    if (news) {
      ask({ requestPolicy: 'network-only' });
    }
  }, [news]);
}

interface FilterProps {
  wanted: Wanted;
  news: number;
  onWanted: (wanted: Wanted) => void;
}

export function Filter({ wanted, news, onWanted }: FilterProps) {
  const { t, counted, number } = useWords();
  const [draft, setDraft] = useState(wanted);
  const [{ data: known }, askCategories] = useQuery({ query: CategoriesDocument, requestPolicy: 'cache-and-network' });
  const variables = { filter: asFilter(useLate(draft)) };
  const [{ data }, askCount] = useQuery({ query: DocumentCountDocument, variables, requestPolicy: 'network-only' });
  useNewly(news, askCategories);
  useNewly(news, askCount);
  const set = (part: Partial<Wanted>) => setDraft({ ...draft, ...part });
  const isNothing = Object.values(draft).every((it) => it === '');
  const total = data?.documents?.totalCount;
  const categories = known?.categories?.map(({ id, name }) => [id, name] as const) ?? [];
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onWanted(isNothing ? NOTHING : draft);
  };
  const clear = () => {
    setDraft(NOTHING);
    onWanted(NOTHING);
  };
  const label = total === null ? t('showDocuments', { count: t('many') }) : t('showDocumentsPlain');
  return (
    <search>
      <form class="sheet filter" aria-label={t('filtering')} onSubmit={submit}>
        <SelectField
          label={t('category')}
          value={draft.category}
          options={[['', t('allCategories')], ...categories, [UNCATEGORISED, t('uncategorised')]]}
          onValue={(category) => set({ category })}
        />
        <TextField
          label={t('descriptionContains')}
          type="search"
          value={draft.text}
          onValue={(text) => set({ text })}
          autocomplete="off"
        />
        <TextField label={t('changedFrom')} type="date" value={draft.from} max={draft.until} onValue={(from) => set({ from })} />
        <TextField label={t('changedUntil')} type="date" value={draft.until} min={draft.from} onValue={(until) => set({ until })} />
        <div class="row">
          <button type="submit" class="primary">
            {typeof total === 'number' ? t('showDocuments', { count: number(total) }) : label}
          </button>
          {!isNothing && <button type="button" class="plain" onClick={clear}>{t('clearFilter')}</button>}
          <span class="unseen" role="status">{typeof total === 'number' ? counted('found', total) : ''}</span>
        </div>
      </form>
    </search>
  );
}
