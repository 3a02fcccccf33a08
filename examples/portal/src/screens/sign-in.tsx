// User name and password (S054), and the firm's code where an installation serves several.
import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { SignInDocument } from '../gql/graphql';
import { useActing } from '../parts/acting';
import { PasswordField, TextField } from '../parts/field';
import { Form, Submit } from '../parts/form';
import { Screen } from '../parts/frame';
import { useWords } from '../texts';
import type { StepProps } from './gate';

const REMEMBERED = 'kluis.licence';

/** A firm can give its clients an address that ends in ?licence=its-code. */
function firstLicence(): string {
  return new URLSearchParams(location.search).get('licence') ?? localStorage.getItem(REMEMBERED) ?? '';
}

export function SignIn({ onNext }: StepProps) {
  const { t } = useWords();
  const acting = useActing('licence');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [licence, setLicence] = useState(firstLicence);
  const [asksLicence, setAsksLicence] = useState(licence !== '');
  const submit = () =>
    acting.act(async (client) => {
      const input = { username: username.trim(), password, licence: licence.trim() || null };
      const next = await send(client, SignInDocument, { input });
      localStorage.setItem(REMEMBERED, licence.trim());
      onNext(next);
    });
  return (
    <Screen title={t('signIn')} lead={t('signInLead')}>
      <Form acting={acting} onSubmit={submit} label={t('signIn')}>
        <TextField
          label={t('username')}
          hint={t('usernameHint')}
          value={username}
          onValue={setUsername}
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          inputMode="email"
          required
          focused
        />
        <PasswordField label={t('password')} value={password} onValue={setPassword} autocomplete="current-password" />
        {asksLicence ? (
          <TextField
            label={t('licence')}
            hint={t('licenceHint')}
            value={licence}
            onValue={setLicence}
            wrong={acting.wrong('licence')}
            autocomplete="organization"
            autocapitalize="none"
            spellcheck={false}
          />
        ) : (
          <button type="button" class="plain" onClick={() => setAsksLicence(true)}>{t('licenceAsk')}</button>
        )}
        <Submit acting={acting}>{t('signIn')}</Submit>
      </Form>
      <p class="hint foot">{t('forgotten')}</p>
    </Screen>
  );
}
