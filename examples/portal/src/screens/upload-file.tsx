// The first step of an upload: a file is chosen, or dropped on the page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Sending } from '../parts/icons';
import { useWords } from '../texts';

export function ChooseFile({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    // A file that is dropped beside the field would be opened in place of the page.
    const keep = (event: DragEvent) => event.preventDefault();
    addEventListener('dragover', keep);
    addEventListener('drop', keep);
    return () => {
      removeEventListener('dragover', keep);
      removeEventListener('drop', keep);
    };
  }, []);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) {
      onFile(file);
    }
  };
  const drop = (event: DragEvent) => {
    setIsOver(false);
    take(event.dataTransfer?.files);
  };
  return (
    <div
      class={isOver ? 'drop over' : 'drop'}
      onDragEnter={() => setIsOver(true)}
      onDragOver={() => setIsOver(true)}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <Sending />
      <p>
        <button type="button" class="primary" onClick={() => input.current?.click()}>{t('chooseFile')}</button>
        <span>{t('dropHere')}</span>
      </p>
      <p class="hint">{t('fileKinds')}</p>
      <input ref={input} type="file" hidden onChange={(event) => take(event.currentTarget.files)} />
    </div>
  );
}
