// The way in, step by step: name and password, second factor, a password of one's own.
import { useState } from 'preact/hooks';
import type { NextFragment } from '../gql/graphql';
import { Told } from '../parts/form';
import { Mark } from '../parts/icons';
import { LANGUAGES, type Spoken, SPOKEN, useWords } from '../texts';
import { ChoosePassword } from './choose-password';
import { SecondFactor } from './second-factor';
import { SignIn } from './sign-in';

/** Where a sign-in stands. */
export interface Stand {
  step: 'SIGN_IN' | 'TWO_FACTOR_REQUIRED' | 'PASSWORD_CHANGE_REQUIRED';
  challenge: string;
  passkeyOptions: string | null;
}

export interface StepProps {
  stand: Stand;
  onNext: (next: NextFragment) => void;
  onStartOver: () => void;
}

const BEGINNING: Stand = { step: 'SIGN_IN', challenge: '', passkeyOptions: null };
const FORMS = { SIGN_IN: SignIn, TWO_FACTOR_REQUIRED: SecondFactor, PASSWORD_CHANGE_REQUIRED: ChoosePassword };

/** The link of a letter brings its secret behind the #, where no server sees it. */
function firstStand(): Stand {
  const secret = location.pathname.endsWith('/first-password') ? location.hash.slice(1) : '';
  return secret ? { step: 'PASSWORD_CHANGE_REQUIRED', challenge: secret, passkeyOptions: null } : BEGINNING;
}

interface GateProps {
  notice: 'signedOut' | 'sessionEnded' | null;
  onEntered: () => void;
  onLanguage: (language: Spoken) => void;
}

export function Gate({ notice, onEntered, onLanguage }: GateProps) {
  const { t, language } = useWords();
  const [stand, setStand] = useState(firstStand);
  const Step = FORMS[stand.step];
  const next = ({ step, challenge, passkeyOptions }: NextFragment) => {
    if (step === null || step === 'SIGNED_IN') {
      onEntered();
    } else {
      setStand({ step, challenge: challenge ?? '', passkeyOptions });
    }
  };
  return (
    <div class="gate">
      <div class="gate-head">
        <Mark />
        <p>{t('vault')}</p>
      </div>
      <main class="sheet">
        {stand === BEGINNING && <Told text={notice ? t(notice) : ''} />}
        <Step key={stand.step} stand={stand} onNext={next} onStartOver={() => setStand(BEGINNING)} />
      </main>
      <ul class="languages" aria-label={t('language')}>
        {SPOKEN.map((it) => (
          <li key={it}>
            <button type="button" class="plain" lang={it.toLowerCase()} aria-pressed={it === language} onClick={() => onLanguage(it)}>
              {LANGUAGES[it]}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
