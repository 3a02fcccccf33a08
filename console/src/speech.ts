// The page's words in four languages: the one that was chosen, else the browser's first.
import de from "./words/de.json";
import en from "./words/en.json";
import fr from "./words/fr.json";
import nl from "./words/nl.json";

const TOLD = { nl, fr, de, en };
const CHOSEN = "kluis.language";

export const LANGUAGES = { nl: "Nederlands", fr: "Français", de: "Deutsch", en: "English" };
export type Language = keyof typeof LANGUAGES;
export type Word = Exclude<keyof typeof en, "errors">;

export interface Speech {
  language: Language;
  say(word: Word, values?: Record<string, string | number>): string;
  /** What the API said in English, as it does where nobody is signed in; what is not known stays as it is. */
  error(message: string): string;
}

export function speech(language: Language): Speech {
  const errors: Record<string, string> = TOLD[language].errors;
  return {
    language,
    say: (word, values = {}) =>
      Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), TOLD[language][word]),
    error: (message) => errors[message] ?? message,
  };
}

export function firstLanguage(): Language {
  const wanted = [localStorage.getItem(CHOSEN) ?? "", ...navigator.languages];
  return wanted.map((it) => it.slice(0, 2).toLowerCase()).find(isLanguage) ?? "en";
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(CHOSEN, language);
}

export function isLanguage(text: string): text is Language {
  return text in LANGUAGES;
}
