// A document of the client's own, in three steps (S069): a file, what it is, and its way to the firm.
import { useClient } from '@urql/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { explain } from '../api/explain';
import { upload } from '../api/upload';
import { Screen } from '../parts/frame';
import { Tick } from '../parts/icons';
import { useWords } from '../texts';
import { ChooseFile } from './upload-file';
import { Describe } from './upload-describe';
import { Done, Under } from './upload-sending';

type Step = 0 | 1 | 2;

export function Upload() {
  const words = useWords();
  const client = useClient();
  const [step, setStep] = useState<Step>(0);
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState(0);
  const [done, setDone] = useState('');
  const [trouble, setTrouble] = useState('');
  const under = useRef<AbortController>(undefined);
  useEffect(() => () => under.current?.abort(), []);

  const choose = (chosen: File) => {
    setFile(chosen);
    setTrouble('');
    setStep(1);
  };
  const start = async (description: string, documentDate: string | null) => {
    if (!file) {
      return;
    }
    const control = new AbortController();
    under.current = control;
    setSent(0);
    setTrouble('');
    setStep(2);
    try {
      const document = await upload(client, { file, description, documentDate }, { onProgress: setSent, signal: control.signal });
      setDone(document?.description ?? description);
    } catch (error) {
      setTrouble(control.signal.aborted ? '' : explain(error, words));
      setStep(1);
    }
  };
  const again = () => {
    setFile(null);
    setDone('');
    setStep(0);
  };

  return (
    <Screen title={words.t('uploadDocument')} lead={words.t('uploadLead')}>
      <Steps at={done ? 3 : step} />
      <div class="sheet narrow">
        {step === 0 && <ChooseFile onFile={choose} />}
        {/* It stays while the file is sent, so that nothing is typed twice. */}
        <div hidden={step !== 1}>
          {file && !done && <Describe key={file.name} file={file} trouble={trouble} onDescribed={start} onBack={() => setStep(0)} />}
        </div>
        {step === 2 && !done && file && <Under file={file} sent={sent} onCancel={() => under.current?.abort()} />}
        {done && <Done description={done} onAgain={again} />}
      </div>
    </Screen>
  );
}

function Steps({ at }: { at: number }) {
  const { t } = useWords();
  return (
    <ol class="steps" aria-label={t('steps')}>
      {(['stepFile', 'stepDescribe', 'stepSend'] as const).map((key, number) => (
        <li key={key} class={number < at ? 'past' : ''} aria-current={number === at ? 'step' : undefined}>
          <span class="number">{number < at ? <Tick /> : number + 1}</span>
          <span class="name">{t(key)}</span>
        </li>
      ))}
    </ol>
  );
}
