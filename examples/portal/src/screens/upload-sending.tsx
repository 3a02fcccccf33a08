// The third step of an upload: how far it has come, and that it is there.
import { useEffect, useRef } from 'preact/hooks';
import { Tick } from '../parts/icons';
import { Link } from '../parts/route';
import { useWords } from '../texts';

interface UnderProps {
  file: File;
  sent: number;
  onCancel: () => void;
}

export function Under({ file, sent, onCancel }: UnderProps) {
  const { t, size } = useWords();
  const isThere = sent >= file.size;
  const sending = t('sending', { name: file.name });
  return (
    <div class="sending">
      <p><strong>{sending}</strong></p>
      <progress max={file.size} value={sent} aria-label={sending} />
      <p class="hint" role="status">
        {isThere ? t('checking') : t('progress', { sent: size(sent), total: size(file.size) })}
      </p>
      <button type="button" onClick={onCancel}>{t('cancel')}</button>
    </div>
  );
}

interface DoneProps {
  description: string;
  onAgain: () => void;
}

export function Done({ description, onAgain }: DoneProps) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="done">
      <span class="seal"><Tick /></span>
      <h2 ref={heading} tabIndex={-1}>{t('uploaded', { description })}</h2>
      <p>{t('uploadedLead')}</p>
      <div class="row">
        <Link to="home" class="button primary">{t('toDocuments')}</Link>
        <button type="button" onClick={onAgain}>{t('another')}</button>
      </div>
    </div>
  );
}
