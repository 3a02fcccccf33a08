// The page's words: a catalogue for each language, and how dates, sizes and numbers are written in it.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language, SaidFragment } from '../gql/graphql';
import fr from './fr.json';
import nl from './nl.json';

// A catalogue that lacks a text, or has one too many, is no catalogue.
type Catalogue = typeof nl;
const CATALOGUES = { NL: nl, FR: fr satisfies Catalogue } as const;

export type Spoken = keyof typeof CATALOGUES;
type Counted = { [K in keyof Catalogue]: Catalogue[K] extends { one: string } ? K : never }[keyof Catalogue];
export type TextKey = { [K in keyof Catalogue]: Catalogue[K] extends string ? K : never }[keyof Catalogue];
type Values = Record<string, string | number>;

/** The languages that the server speaks, by their own names; this page speaks those of SPOKEN. */
export const LANGUAGES: Record<Language, string> = {
  NL: 'Nederlands',
  FR: 'Français',
  DE: 'Deutsch',
  EN: 'English',
};
export const SPOKEN = Object.keys(CATALOGUES) as Spoken[];

const REMEMBERED = 'kluis.language';

/** The language of this page for whoever has set one on the server. */
export function spokenFor(language: string): Spoken {
  return SPOKEN.find((it) => it === language.toUpperCase()) ?? 'NL';
}

/** The language before anybody has signed in: the last one used here, else the browser's. */
export function firstLanguage(): Spoken {
  const wanted = [localStorage.getItem(REMEMBERED) ?? '', ...navigator.languages];
  const known = wanted.map((it) => it.slice(0, 2).toUpperCase());
  return SPOKEN.find((it) => it === known.find((one) => SPOKEN.some((spoken) => spoken === one))) ?? 'NL';
}

export function rememberLanguage(language: Spoken): void {
  localStorage.setItem(REMEMBERED, language);
}

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What writes in a language. */
export interface Words {
  language: Spoken;
  tag: string;
  t: (key: TextKey, values?: Values) => string;
  counted: (key: Counted, count: number) => string;
  /** What the server said to put right: it speaks English as long as nobody is signed in. */
  refusal: (said: SaidFragment) => string;
  number: (value: number) => string;
  size: (bytes: number) => string;
  day: (date: string) => string;
  moment: (time: string) => string;
}

export function wordsIn(language: Spoken): Words {
  const catalogue: Catalogue = CATALOGUES[language];
  const tag = `${language.toLowerCase()}-BE`;
  const plural = new Intl.PluralRules(tag);
  const numbers = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
  const days = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: '2-digit', year: 'numeric' });
  const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
  const number = (value: number) => numbers.format(value);
  return {
    language,
    tag,
    t: (key, values = {}) => filled(catalogue[key], values),
    counted: (key, count) => {
      const forms = catalogue[key];
      return filled(plural.select(count) === 'one' ? forms.one : forms.other, { count: number(count) });
    },
    refusal: ({ code, message, path }) => {
      const isConfirmation = code === 'INVALID' && path?.at(-1) === 'newPasswordConfirmation';
      const refusals: Record<string, string> = catalogue.refusals;
      return refusals[isConfirmation ? 'CONFIRMATION' : code] ?? message;
    },
    number,
    size: (bytes) => {
      const [unit, divisor] = bytes < 1e6 ? ['kB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
      return `${number(Math.max(bytes / Number(divisor), 0.1))} ${unit}`;
    },
    // The manual shows dd/mm/yyyy HH:MM in every language (S049).
    day: (date) => days.format(new Date(`${date}T12:00`)),
    moment: (time) => `${days.format(new Date(time))} ${hours.format(new Date(time))}`,
  };
}

export const WordsContext = createContext<Words>(wordsIn('NL'));

/** The words of the language that is spoken. */
export function useWords(): Words {
  return useContext(WordsContext);
}
