// 2-factor authentication, which the client may choose (S056-S058): on, off, and recovery codes.
import { useState } from 'preact/hooks';
import type { FactorsFragment } from '../gql/graphql';
import { Told } from '../parts/form';
import { useWords } from '../texts';
import { ConfirmApp, type Enrolment, StartApp } from './two-factor-app';
import { RecoveryCodes } from './recovery-codes';
import { ProveTwice } from './two-factor-proof';

type Stand =
  | { at: 'rest'; told?: 'twoFactorOn' | 'twoFactorOff' }
  | { at: 'password' }
  | { at: 'scan'; enrolment: Enrolment }
  | { at: 'codes'; codes: readonly string[] }
  | { at: 'off' }
  | { at: 'renew' };

export function TwoFactor({ viewer }: { viewer: FactorsFragment }) {
  const { t } = useWords();
  const [stand, setStand] = useState<Stand>({ at: 'rest' });
  const [factors, setFactors] = useState(viewer.twoFactor);
  const rest = () => setStand({ at: 'rest' });
  const showCodes = (codes: readonly string[]) => {
    setFactors({ enabled: true, recoveryCodesLeft: codes.length });
    setStand({ at: 'codes', codes });
  };
  return (
    <section class="sheet" aria-labelledby="two-factor">
      <h2 id="two-factor">
        {t('twoFactor')}
        <span class={factors.enabled ? 'badge on' : 'badge'}>{t(factors.enabled ? 'active' : 'inactive')}</span>
      </h2>
      {stand.at === 'rest' && (
        <>
          <p>{t('twoFactorLead')}</p>
          <Told text={stand.told ? t(stand.told) : ''} />
          <Choices factors={factors} onChoice={(at) => setStand({ at })} />
        </>
      )}
      {stand.at === 'password' && (
        <StartApp onStarted={(enrolment) => setStand({ at: 'scan', enrolment })} onBack={rest} />
      )}
      {stand.at === 'scan' && (
        <ConfirmApp
          enrolment={stand.enrolment}
          onConfirmed={(codes) => {
            setFactors({ ...factors, enabled: true });
            // Whoever had a second factor before has codes already.
            if (codes) {
              showCodes(codes);
            } else {
              setStand({ at: 'rest', told: 'twoFactorOn' });
            }
          }}
          onBack={rest}
        />
      )}
      {stand.at === 'codes' && (
        <RecoveryCodes codes={stand.codes} onKept={() => setStand({ at: 'rest', told: 'twoFactorOn' })} />
      )}
      {(stand.at === 'off' || stand.at === 'renew') && (
        <ProveTwice
          key={stand.at}
          what={stand.at}
          onOff={(left) => {
            setFactors(left);
            setStand({ at: 'rest', told: left.enabled ? 'twoFactorOn' : 'twoFactorOff' });
          }}
          onCodes={showCodes}
          onBack={rest}
        />
      )}
    </section>
  );
}

interface ChoicesProps {
  factors: FactorsFragment['twoFactor'];
  onChoice: (at: 'password' | 'off' | 'renew') => void;
}

function Choices({ factors, onChoice }: ChoicesProps) {
  const { t, counted } = useWords();
  if (!factors.enabled) {
    return <button type="button" class="primary" onClick={() => onChoice('password')}>{t('activate')}</button>;
  }
  return (
    <>
      <p class="hint">{counted('codesLeft', factors.recoveryCodesLeft)}</p>
      <div class="row">
        <button type="button" onClick={() => onChoice('renew')}>{t('newCodes')}</button>
        <button type="button" onClick={() => onChoice('off')}>{t('deactivate')}</button>
      </div>
    </>
  );
}
