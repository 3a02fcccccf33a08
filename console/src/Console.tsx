// Which of the pages is shown: signing in, a second factor to add, or the bench; and who is signed in.
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { Enrolment } from "./Enrolment";
import { Header } from "./Header";
import { forget } from "./kept";
import { signOut, viewer as askWho, type Viewer } from "./session";
import { SignIn } from "./SignIn";
import { firstLanguage, speech as speechIn } from "./speech";

// GraphiQL and its editor weigh twenty times what the rest does: they come once somebody is there to use them.
const Bench = lazy(() => import("./Bench"));

type Shown = "looking" | "signed-out" | "ended" | "signed-in";

export function Console() {
  const [language, setLanguage] = useState(firstLanguage);
  const [shown, setShown] = useState<Shown>("looking");
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const speech = speechIn(language);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  /** Find out who is signed in; return whether anybody is. */
  const look = useCallback(async () => {
    const found = await askWho();
    if (found) {
      // What somebody else typed is not shown to whoever comes after him.
      forget({ unlessOf: found.account.id });
      setViewer(found);
    }
    setShown((before) => (found ? "signed-in" : before === "looking" ? "signed-out" : before));
    return found !== null;
  }, []);

  useEffect(() => {
    look().catch(() => setShown("signed-out"));
  }, [look]);

  const end = useCallback(() => setShown("ended"), []);

  async function leave() {
    await signOut().catch(() => undefined);
    forget();
    setViewer(null);
    setShown("signed-out");
  }

  const mayUse = viewer !== null && viewer.account.role !== "CLIENT";
  const lacksFactor = viewer !== null && viewer.twoFactor.required && !viewer.twoFactor.enabled;
  const isIn = shown === "signed-in";
  return (
    <>
      <Header speech={speech} onLanguage={setLanguage} viewer={isIn ? viewer : null} onSignOut={leave} />
      {shown === "looking" && <Waiting text={speech.say("looking")} />}
      {(shown === "signed-out" || shown === "ended") && (
        <SignIn speech={speech} onSignedIn={look} said={shown === "ended" ? speech.say("ended") : ""} />
      )}
      {isIn && lacksFactor && <Enrolment speech={speech} onDone={look} />}
      {isIn && !lacksFactor && !mayUse && (
        <main className="sheet">
          <h2>{speech.say("notForYou")}</h2>
          <p>{speech.say("notForYouWhy")}</p>
        </main>
      )}
      {mayUse && !lacksFactor && (
        // It stays behind the sign-in when a session has ended, with all that was typed.
        <main className="bench" hidden={!isIn} lang="en">
          <Suspense fallback={<Waiting text={speech.say("looking")} />}>
            <Bench key={viewer.account.id} account={viewer.account.id} speech={speech} onSignedOut={end} />
          </Suspense>
        </main>
      )}
    </>
  );
}

function Waiting({ text }: { text: string }) {
  return (
    <p className="waiting" role="status">
      {text}
    </p>
  );
}
