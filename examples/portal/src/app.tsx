// Who is here, in which language, and so which screen is shown.
import { Provider, useQuery } from '@urql/preact';
import type { JSX } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { makeClient, send } from './api/client';
import { explain } from './api/explain';
import { SignOutDocument, ViewerDocument } from './gql/graphql';
import { useActing } from './parts/acting';
import { Frame, type Viewer } from './parts/frame';
import { Trouble } from './parts/form';
import { go, usePlace, type Place } from './parts/route';
import { Documents } from './screens/documents';
import { Gate } from './screens/gate';
import { Profile } from './screens/profile';
import { Upload } from './screens/upload';
import { firstLanguage, rememberLanguage, spokenFor, type Spoken, useWords, WordsContext, wordsIn } from './texts';

type Leaving = 'signedOut' | 'sessionEnded' | null;

export function App() {
  const [language, setLanguage] = useState<Spoken>(firstLanguage);
  const [session, setSession] = useState(0);
  const [leaving, setLeaving] = useState<Leaving>(null);
  const words = useMemo(() => wordsIn(language), [language]);
  // With the words, not after them: screen readers go by it.
  useLayoutEffect(() => {
    document.documentElement.lang = words.tag;
    rememberLanguage(language);
  }, [language]);
  const renew = useCallback((why: Leaving) => {
    setLeaving(why);
    setSession((it) => it + 1);
  }, []);
  const client = useMemo(() => makeClient(() => renew('sessionEnded')), [session]);
  return (
    <WordsContext.Provider value={words}>
      <Provider value={client}>
        <Portal key={session} leaving={leaving} onSession={renew} onLanguage={setLanguage} />
      </Provider>
    </WordsContext.Provider>
  );
}

interface PortalProps {
  leaving: Leaving;
  onSession: (why: Leaving) => void;
  onLanguage: (language: Spoken) => void;
}

function Portal({ leaving, onSession, onLanguage }: PortalProps) {
  const words = useWords();
  const [{ data, error, fetching }, ask] = useQuery({ query: ViewerDocument });
  const viewer = data?.viewer;
  useEffect(() => {
    if (viewer) {
      onLanguage(spokenFor(viewer.language));
    }
  }, [viewer?.language]);
  if (fetching && !data) {
    return <p class="waiting" role="status">{words.t('loading')}</p>;
  }
  if (error && !data) {
    return (
      <main class="waiting">
        <Trouble text={explain(error, words)} />
        <button type="button" onClick={() => ask({ requestPolicy: 'network-only' })}>{words.t('again')}</button>
      </main>
    );
  }
  if (!viewer) {
    const entered = () => {
      if (location.hash) {
        go('home');
      }
      onSession(null);
    };
    return <Gate notice={leaving} onEntered={entered} onLanguage={onLanguage} />;
  }
  return <House viewer={viewer} onLeave={onSession} />;
}

interface HouseProps {
  viewer: Viewer;
  onLeave: (why: Leaving) => void;
}

const SCREENS: Record<Place, () => JSX.Element> = {
  home: Documents,
  upload: Upload,
  profile: Profile,
  // Whoever is signed in has a password of his own.
  'first-password': Documents,
};

function House({ viewer, onLeave }: HouseProps) {
  const place = usePlace();
  const acting = useActing();
  const Shown = SCREENS[place];
  const signOut = () =>
    acting.act(async (client) => {
      await send(client, SignOutDocument, {});
      go('home');
      onLeave('signedOut');
    });
  return (
    <Frame viewer={viewer} place={place} onSignOut={signOut}>
      <Trouble text={acting.trouble} />
      <Shown key={place} />
    </Frame>
  );
}
