// The second step of an upload: what the document is. Its category is for the adviser to choose (S017).
import { useState } from 'preact/hooks';
import { TextField } from '../parts/field';
import { Trouble } from '../parts/form';
import { Paper } from '../parts/icons';
import { useWords } from '../texts';

interface DescribeProps {
  file: File;
  trouble: string;
  onDescribed: (description: string, documentDate: string | null) => void;
  onBack: () => void;
}

/** A name without its extension, as a first proposal. */
function proposed(name: string): string {
  const words = name.replace(/\.[^.]+$/, '').replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function Describe({ file, trouble, onDescribed, onBack }: DescribeProps) {
  const { t, size } = useWords();
  const [description, setDescription] = useState(() => proposed(file.name));
  const [documentDate, setDocumentDate] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onDescribed(description.trim(), documentDate || null);
  };
  return (
    <form onSubmit={submit} aria-label={t('stepDescribe')}>
      <p class="chosen">
        <Paper />
        <span>
          <span class="unseen">{t('chosenFile')}: </span>
          <strong>{file.name}</strong>
          <small>{size(file.size)}</small>
        </span>
        <button type="button" class="plain" onClick={onBack}>{t('otherFile')}</button>
      </p>
      <TextField
        label={t('description')}
        hint={t('descriptionHint')}
        value={description}
        onValue={setDescription}
        maxLength={255}
        autocomplete="off"
        required
        focused
      />
      <TextField label={t('documentDate')} optional type="date" value={documentDate} onValue={setDocumentDate} />
      <Trouble text={trouble} />
      <div class="row">
        <button type="submit" class="primary">{t('send')}</button>
        <button type="button" onClick={onBack}>{t('back')}</button>
      </div>
    </form>
  );
}
