// The second factor after the right password: a code of the app, a recovery code, or a passkey (S056, S057).
import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { hasPasskeys, sign } from '../api/passkey';
import { CompleteTwoFactorDocument, type CompleteTwoFactorInput } from '../gql/graphql';
import { useActing } from '../parts/acting';
import { TextField } from '../parts/field';
import { Form, Submit, Trouble } from '../parts/form';
import { Screen } from '../parts/frame';
import { useWords } from '../texts';
import type { StepProps } from './gate';

type Proof = Omit<CompleteTwoFactorInput, 'challenge'>;

export function SecondFactor({ stand, onNext, onStartOver }: StepProps) {
  const { t } = useWords();
  const acting = useActing();
  const [typed, setTyped] = useState('');
  const [isRecovery, setIsRecovery] = useState(false);
  const [isPasskeyLost, setIsPasskeyLost] = useState(false);
  const show = (proof: Proof) =>
    acting.act(async (client) => {
      onNext(await send(client, CompleteTwoFactorDocument, { input: { challenge: stand.challenge, ...proof } }));
    });
  const showPasskey = async (options: string) => {
    const credential = await sign(options).catch(() => null);
    setIsPasskeyLost(credential === null);
    if (credential !== null) {
      await show({ credential });
    }
  };
  const swap = () => {
    setIsRecovery(!isRecovery);
    setTyped('');
    acting.forget();
  };
  const { passkeyOptions } = stand;
  return (
    <Screen title={t('secondFactor')} lead={t(isRecovery ? 'recoveryLead' : 'codeLead')}>
      <Form acting={acting} onSubmit={() => show(isRecovery ? { recoveryCode: typed } : { code: typed })} label={t('secondFactor')}>
        <TextField
          key={String(isRecovery)}
          class="code"
          label={t(isRecovery ? 'recoveryCode' : 'code')}
          value={typed}
          onValue={setTyped}
          autocomplete={isRecovery ? 'off' : 'one-time-code'}
          inputMode={isRecovery ? 'text' : 'numeric'}
          autocapitalize="none"
          spellcheck={false}
          required
          focused
        />
        <Submit acting={acting}>{t('goOn')}</Submit>
        {passkeyOptions && hasPasskeys && (
          <button type="button" onClick={() => showPasskey(passkeyOptions)}>{t('usePasskey')}</button>
        )}
        <Trouble text={isPasskeyLost ? t('passkeyFailed') : ''} />
      </Form>
      <div class="foot row">
        <button type="button" class="plain" onClick={swap}>{t(isRecovery ? 'useCode' : 'useRecovery')}</button>
        <button type="button" class="plain" onClick={onStartOver}>{t('startOver')}</button>
      </div>
    </Screen>
  );
}
