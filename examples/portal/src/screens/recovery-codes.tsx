// The ten recovery codes, which are shown once.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Told } from '../parts/form';
import { useWords } from '../texts';

interface CodesProps {
  codes: readonly string[];
  onKept: () => void;
}

export function RecoveryCodes({ codes, onKept }: CodesProps) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => heading.current?.focus(), []);
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join('\n'));
    setIsCopied(true);
  };
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>{t('recoveryCodes')}</h3>
      <p>{t('recoveryCodesLead')}</p>
      <ul class="recovery">
        {codes.map((code) => (
          <li key={code}><code>{code}</code></li>
        ))}
      </ul>
      <div class="row">
        <button type="button" class="primary" onClick={onKept}>{t('kept')}</button>
        <button type="button" onClick={copy}>{t('copy')}</button>
        <Told text={isCopied ? t('copied') : ''} />
      </div>
    </>
  );
}
