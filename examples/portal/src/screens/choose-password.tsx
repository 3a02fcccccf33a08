// A password of one's own in place of the mailed one, or behind the mailed link (S035, S036).
import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { CompletePasswordChangeDocument } from '../gql/graphql';
import { useActing } from '../parts/acting';
import { PasswordField } from '../parts/field';
import { Form, Submit } from '../parts/form';
import { Screen } from '../parts/frame';
import { useWords } from '../texts';
import type { StepProps } from './gate';

export function ChoosePassword({ stand, onNext, onStartOver }: StepProps) {
  const { t } = useWords();
  const acting = useActing('newPassword', 'newPasswordConfirmation');
  const [newPassword, setNewPassword] = useState('');
  const [newPasswordConfirmation, setConfirmation] = useState('');
  const submit = () =>
    acting.act(async (client) => {
      const input = { challenge: stand.challenge, newPassword, newPasswordConfirmation };
      onNext(await send(client, CompletePasswordChangeDocument, { input }));
    });
  return (
    <Screen title={t('firstPassword')} lead={t('firstPasswordLead')}>
      <Form acting={acting} onSubmit={submit} label={t('firstPassword')}>
        <PasswordField
          label={t('newPassword')}
          hint={t('newPasswordHint')}
          value={newPassword}
          onValue={setNewPassword}
          wrong={acting.wrong('newPassword')}
          autocomplete="new-password"
          focused
        />
        <PasswordField
          label={t('confirmPassword')}
          value={newPasswordConfirmation}
          onValue={setConfirmation}
          wrong={acting.wrong('newPasswordConfirmation')}
          autocomplete="new-password"
        />
        <Submit acting={acting}>{t('goOn')}</Submit>
      </Form>
      <div class="foot">
        <button type="button" class="plain" onClick={onStartOver}>{t('startOver')}</button>
      </div>
    </Screen>
  );
}
