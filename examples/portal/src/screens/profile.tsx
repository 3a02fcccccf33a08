// The profile (S055-S061): who one is, how one is reached, and what keeps the access safe.
import { useQuery } from '@urql/preact';
import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { explain } from '../api/explain';
import { type Language, type PersonFragment, ProfileDocument, UpdateProfileDocument } from '../gql/graphql';
import { useActing } from '../parts/acting';
import { SelectField, TextField } from '../parts/field';
import { Form, Submit, Told, Trouble } from '../parts/form';
import { Screen } from '../parts/frame';
import { Link } from '../parts/route';
import { LANGUAGES, useWords } from '../texts';
import { ChangePassword } from './change-password';
import { ContactDetails } from './contact-details';
import { TwoFactor } from './two-factor';

export function Profile() {
  const words = useWords();
  const [{ data, error }] = useQuery({ query: ProfileDocument, requestPolicy: 'cache-and-network' });
  const viewer = data?.viewer;
  const relation = viewer?.account.relation;
  return (
    <Screen title={words.t('profile')}>
      {!viewer && <p class="waiting">{error ? '' : words.t('loading')}</p>}
      <Trouble text={error ? explain(error, words) : ''} />
      {viewer && (
        <div class="sections">
          <Person viewer={viewer} />
          {relation?.contact && <ContactDetails relation={relation} />}
          <ChangePassword username={viewer.email ?? ''} />
          <TwoFactor viewer={viewer} />
        </div>
      )}
    </Screen>
  );
}

function Person({ viewer }: { viewer: PersonFragment }) {
  const { t } = useWords();
  const acting = useActing('language');
  const [language, setLanguage] = useState<Language>(viewer.language);
  const [isSaved, setIsSaved] = useState(false);
  const submit = async () => {
    setIsSaved(false);
    // The answer brings the new language, and with it the words of all that is on the page.
    setIsSaved(
      await acting.act(async (client) => {
        await send(client, UpdateProfileDocument, { input: { language } });
      }),
    );
  };
  return (
    <section class="sheet" aria-labelledby="person">
      <h2 id="person">{t('yourDetails')}</h2>
      <Form acting={acting} onSubmit={submit} class="pairs">
        <TextField label={t('givenName')} value={viewer.givenName ?? ''} onValue={ignore} readOnly autocomplete="off" />
        <TextField label={t('familyName')} value={viewer.familyName ?? ''} onValue={ignore} readOnly autocomplete="off" />
        <TextField label={t('email')} hint={t('emailHint')} value={viewer.email ?? ''} onValue={ignore} readOnly autocomplete="off" />
        <SelectField
          label={t('language')}
          hint={t('languageHint')}
          value={language}
          options={Object.entries(LANGUAGES)}
          wrong={acting.wrong('language')}
          onValue={(it) => setLanguage(it as Language)}
        />
        <div class="row">
          <Submit acting={acting}>{t('save')}</Submit>
          <Link to="home" class="button">{t('back')}</Link>
          <Told text={isSaved ? t('saved') : ''} />
        </div>
      </Form>
    </section>
  );
}

function ignore() {
  // What stands there is read only.
}
