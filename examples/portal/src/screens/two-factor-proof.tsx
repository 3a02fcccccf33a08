// What asks for both factors again: taking the app away, and fresh recovery codes.
import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { DisableTwoFactorDocument, type FactorsFragment, RegenerateRecoveryCodesDocument } from '../gql/graphql';
import { useActing } from '../parts/acting';
import { PasswordField, TextField } from '../parts/field';
import { Form, Submit } from '../parts/form';
import { useWords } from '../texts';

interface ProveProps {
  what: 'off' | 'renew';
  onOff: (left: FactorsFragment['twoFactor']) => void;
  onCodes: (codes: readonly string[]) => void;
  onBack: () => void;
}

// An app shows six digits, and a recovery code is longer.
const DIGITS = 6;

export function ProveTwice({ what, onOff, onCodes, onBack }: ProveProps) {
  const { t } = useWords();
  const acting = useActing('password', 'code', 'recoveryCode');
  const [password, setPassword] = useState('');
  const [typed, setTyped] = useState('');
  const submit = () =>
    acting.act(async (client) => {
      const isCode = typed.replaceAll(/\s/g, '').length <= DIGITS;
      const input = { password, ...(isCode ? { code: typed } : { recoveryCode: typed }) };
      if (what === 'off') {
        const { viewer } = await send(client, DisableTwoFactorDocument, { input });
        onOff(viewer?.twoFactor ?? { enabled: false, recoveryCodesLeft: 0 });
      } else {
        const { recoveryCodes } = await send(client, RegenerateRecoveryCodesDocument, { input });
        onCodes(recoveryCodes ?? []);
      }
    });
  const title = t(what === 'off' ? 'deactivate' : 'newCodes');
  return (
    <Form acting={acting} onSubmit={submit} label={title}>
      <h3>{title}</h3>
      <p>{t('deactivateLead')} {what === 'renew' && t('newCodesLead')}</p>
      <PasswordField
        label={t('password')}
        value={password}
        onValue={setPassword}
        wrong={acting.wrong('password')}
        autocomplete="current-password"
        focused
      />
      <TextField
        class="code"
        label={t('codeOrRecovery')}
        value={typed}
        onValue={setTyped}
        wrong={acting.wrong('code') ?? acting.wrong('recoveryCode')}
        autocomplete="one-time-code"
        autocapitalize="none"
        spellcheck={false}
        required
      />
      <div class="row">
        <Submit acting={acting}>{t('confirm')}</Submit>
        <button type="button" onClick={onBack}>{t('back')}</button>
      </div>
    </Form>
  );
}
