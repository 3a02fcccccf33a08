// Another password: the old one, the new one, and the new one once more (S060).
import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { ChangePasswordDocument } from '../gql/graphql';
import { useActing } from '../parts/acting';
import { PasswordField } from '../parts/field';
import { Form, Submit, Told } from '../parts/form';
import { useWords } from '../texts';

const EMPTY = { oldPassword: '', newPassword: '', newPasswordConfirmation: '' };

export function ChangePassword({ username }: { username: string }) {
  const { t } = useWords();
  const acting = useActing(...Object.keys(EMPTY));
  const [typed, setTyped] = useState(EMPTY);
  const [isSaved, setIsSaved] = useState(false);
  const set = (part: Partial<typeof EMPTY>) => {
    setIsSaved(false);
    setTyped({ ...typed, ...part });
  };
  const submit = async () => {
    const done = await acting.act(async (client) => {
      await send(client, ChangePasswordDocument, { input: typed });
    });
    if (done) {
      setTyped(EMPTY);
    }
    setIsSaved(done);
  };
  return (
    <section class="sheet" aria-labelledby="password">
      <h2 id="password">{t('changePassword')}</h2>
      <Form acting={acting} onSubmit={submit}>
        {/* By it password managers know whose password it is. */}
        <input type="text" hidden readOnly autocomplete="username" value={username} />
        <PasswordField
          label={t('oldPassword')}
          value={typed.oldPassword}
          onValue={(oldPassword) => set({ oldPassword })}
          wrong={acting.wrong('oldPassword')}
          autocomplete="current-password"
        />
        <PasswordField
          label={t('newPassword')}
          hint={t('newPasswordHint')}
          value={typed.newPassword}
          onValue={(newPassword) => set({ newPassword })}
          wrong={acting.wrong('newPassword')}
          autocomplete="new-password"
        />
        <PasswordField
          label={t('confirmPassword')}
          value={typed.newPasswordConfirmation}
          onValue={(newPasswordConfirmation) => set({ newPasswordConfirmation })}
          wrong={acting.wrong('newPasswordConfirmation')}
          autocomplete="new-password"
        />
        <div class="row">
          <Submit acting={acting}>{t('save')}</Submit>
          <Told text={isSaved ? t('passwordChanged') : ''} />
        </div>
      </Form>
    </section>
  );
}
