// How the client is reached, which he may correct himself; his adviser is told.
import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { type ContactDetailsInput, type DeliveryMethod, type ReachedFragment, UpdateContactDetailsDocument } from '../gql/graphql';
import { useActing } from '../parts/acting';
import { SelectField, TextField } from '../parts/field';
import { Form, Submit, Told } from '../parts/form';
import { useWords } from '../texts';

const TYPED = ['street', 'postalCode', 'municipality', 'phone', 'secondPhone', 'mobile', 'fax'] as const;
const METHODS: readonly DeliveryMethod[] = ['PORTAL', 'EMAIL', 'PAPER'];
const FILLED_IN_BY_BROWSERS: Partial<Record<(typeof TYPED)[number], string>> = {
  street: 'street-address',
  postalCode: 'postal-code',
  municipality: 'address-level2',
  phone: 'tel',
  mobile: 'tel',
};

export function ContactDetails({ relation }: { relation: ReachedFragment }) {
  const { t } = useWords();
  const acting = useActing(...TYPED, 'deliveryMethod');
  const [contact, setContact] = useState<ContactDetailsInput>(relation.contact ?? {});
  const [revision, setRevision] = useState(relation.revision);
  const [isSaved, setIsSaved] = useState(false);
  const set = (part: ContactDetailsInput) => {
    setIsSaved(false);
    setContact({ ...contact, ...part });
  };
  const submit = async () => {
    setIsSaved(false);
    setIsSaved(
      await acting.act(async (client) => {
        const sent = Object.fromEntries([...TYPED, 'deliveryMethod' as const].map((it) => [it, contact[it] || null]));
        const input = { contact: sent, ifRevision: revision };
        const { relation: kept } = await send(client, UpdateContactDetailsDocument, { input });
        if (kept) {
          // The server writes telephone numbers its own way.
          setContact(kept.contact ?? {});
          setRevision(kept.revision);
        }
      }),
    );
  };
  const method = contact.deliveryMethod ?? '';
  return (
    <section class="sheet" aria-labelledby="contact">
      <h2 id="contact">{t('contact')}</h2>
      <p class="hint">{t('contactLead')}</p>
      <Form acting={acting} onSubmit={submit} class="pairs">
        {TYPED.map((name) => (
          <TextField
            key={name}
            label={t(name)}
            value={contact[name] ?? ''}
            onValue={(value) => set({ [name]: value })}
            wrong={acting.wrong(name)}
            autocomplete={FILLED_IN_BY_BROWSERS[name] ?? 'off'}
            inputMode={['phone', 'secondPhone', 'mobile', 'fax'].includes(name) ? 'tel' : 'text'}
          />
        ))}
        <SelectField
          label={t('deliveryMethod')}
          value={method}
          options={[['', t('deliveryNone')], ...METHODS.map((it) => [it, t(`delivery${it}`)] as const)]}
          wrong={acting.wrong('deliveryMethod')}
          onValue={(it) => set({ deliveryMethod: (it || null) as DeliveryMethod | null })}
        />
        <div class="row">
          <Submit acting={acting}>{t('save')}</Submit>
          <Told text={isSaved ? t('saved') : ''} />
        </div>
      </Form>
    </section>
  );
}
