// The line above everything: the name of the page, the language, and who is signed in.
import type { Viewer } from "./session";
import { isLanguage, keepLanguage, LANGUAGES, type Language, type Speech } from "./speech";

interface Properties {
  speech: Speech;
  onLanguage(language: Language): void;
  viewer: Viewer | null;
  onSignOut(): Promise<void>;
}

export function Header({ speech, onLanguage, viewer, onSignOut }: Properties) {
  function choose(language: string) {
    if (isLanguage(language)) {
      keepLanguage(language);
      onLanguage(language);
    }
  }

  return (
    <header>
      <h1>
        Kluis <span>console</span>
      </h1>
      <label className="language">
        <span className="unseen">{speech.say("language")}</span>
        <select value={speech.language} onChange={(event) => choose(event.target.value)}>
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {viewer && (
        <>
          <p className="who" role="status">
            {speech.say("signedInAs", { name: viewer.account.displayName, firm: viewer.licence.name })}
          </p>
          <button type="button" onClick={onSignOut}>
            {speech.say("signOut")}
          </button>
        </>
      )}
    </header>
  );
}
