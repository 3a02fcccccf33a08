// An authenticator app is added: the password, the QR code, and a first code that proves it works (S057).
import { useState } from 'preact/hooks';
import { send } from '../api/client';
import {
  ConfirmTwoFactorEnrolmentDocument,
  StartTwoFactorEnrolmentDocument,
  type StartTwoFactorEnrolmentMutation,
} from '../gql/graphql';
import { useActing } from '../parts/acting';
import { PasswordField, TextField } from '../parts/field';
import { Form, Submit } from '../parts/form';
import { useWords } from '../texts';

export type Enrolment = NonNullable<NonNullable<StartTwoFactorEnrolmentMutation['payload']>['enrolment']>;

interface StartProps {
  onStarted: (enrolment: Enrolment) => void;
  onBack: () => void;
}

export function StartApp({ onStarted, onBack }: StartProps) {
  const { t } = useWords();
  const acting = useActing('password');
  const [password, setPassword] = useState('');
  const submit = () =>
    acting.act(async (client) => {
      const { enrolment } = await send(client, StartTwoFactorEnrolmentDocument, { input: { password } });
      if (enrolment) {
        onStarted(enrolment);
      }
    });
  return (
    <Form acting={acting} onSubmit={submit} label={t('activate')}>
      <PasswordField
        label={t('password')}
        hint={t('activateLead')}
        value={password}
        onValue={setPassword}
        wrong={acting.wrong('password')}
        autocomplete="current-password"
        focused
      />
      <div class="row">
        <Submit acting={acting}>{t('goOn')}</Submit>
        <button type="button" onClick={onBack}>{t('back')}</button>
      </div>
    </Form>
  );
}

interface ConfirmProps {
  enrolment: Enrolment;
  onConfirmed: (recoveryCodes: readonly string[] | null) => void;
  onBack: () => void;
}

export function ConfirmApp({ enrolment, onConfirmed, onBack }: ConfirmProps) {
  const { t } = useWords();
  const acting = useActing('code');
  const [code, setCode] = useState('');
  const submit = () =>
    acting.act(async (client) => {
      const input = { enrolmentId: enrolment.id, code };
      const { recoveryCodes } = await send(client, ConfirmTwoFactorEnrolmentDocument, { input });
      onConfirmed(recoveryCodes);
    });
  return (
    <Form acting={acting} onSubmit={submit} label={t('activate')}>
      <div class="scan">
        <img src={enrolment.qrCode} alt={t('qrCode')} width="200" height="200" />
        <div>
          <h3>{t('scan')}</h3>
          <p class="hint">{t('byHand')}</p>
          <p><code class="secret">{enrolment.secret.replaceAll(/.{4}(?=.)/g, '$& ')}</code></p>
          <TextField
            class="code"
            label={t('code')}
            hint={t('confirmLead')}
            value={code}
            onValue={setCode}
            wrong={acting.wrong('code')}
            autocomplete="one-time-code"
            inputMode="numeric"
            required
            focused
          />
        </div>
      </div>
      <div class="row">
        <Submit acting={acting}>{t('confirm')}</Submit>
        <button type="button" onClick={onBack}>{t('back')}</button>
      </div>
    </Form>
  );
}
