// The editors' colours, light and dark: each can be read on both of GraphiQL's grounds (WCAG 1.4.3).
import { useMonaco } from "@graphiql/react";
import type { editor } from "monaco-editor";
import { useEffect } from "react";

export const THEMES = { light: "kluis-light", dark: "kluis-dark" } as const;

const CLEAR = "#ffffff00";

interface Colours {
  ground: string;
  accent: string;
  chosen: string;
  lines: string;
  comment: string;
  key: string;
  text: string;
  number: string;
  word: string;
  type: string;
  variable: string;
  sign: string;
  brackets: [string, string, string];
}

const LIGHT: Colours = {
  ground: "#ffffff",
  accent: "#1e584e",
  chosen: "#1e584e1a",
  lines: "#56625f",
  comment: "#4f6152",
  key: "#1a5245",
  text: "#8a3b12",
  number: "#34449a",
  word: "#7b2a80",
  type: "#0b5a78",
  variable: "#4a3fb0",
  sign: "#3b4744",
  brackets: ["#34449a", "#7a4a00", "#7b2a80"],
};
const DARK: Colours = {
  ground: "#1c2423",
  accent: "#7cc7b6",
  chosen: "#7cc7b626",
  lines: "#a3b0ac",
  comment: "#9db8a2",
  key: "#8fd3c4",
  text: "#f0b48c",
  number: "#b3c0ff",
  word: "#e3a9ea",
  type: "#8fd0ee",
  variable: "#c3bcff",
  sign: "#d5dedb",
  brackets: ["#b3c0ff", "#e7c27d", "#e3a9ea"],
};

/** Let the editors follow the light of the page, now and when it changes. */
export function useThemes(): void {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    if (!monaco) {
      return;
    }
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => monaco.editor.setTheme(dark.matches ? THEMES.dark : THEMES.light);
    monaco.editor.defineTheme(THEMES.light, theme("vs", LIGHT));
    monaco.editor.defineTheme(THEMES.dark, theme("vs-dark", DARK));
    follow();
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }, [monaco]);
}

function theme(base: "vs" | "vs-dark", colours: Colours): editor.IStandaloneThemeData {
  const { ground, accent, chosen, lines, brackets } = colours;
  const tokens: Record<string, string> = {
    "": colours.sign,
    comment: colours.comment,
    keyword: colours.word,
    string: colours.text,
    "string.key.json": colours.key,
    "string.value.json": colours.text,
    "keyword.json": colours.number,
    number: colours.number,
    delimiter: colours.sign,
    operator: colours.sign,
    annotation: colours.word,
    "type.identifier": colours.type,
    "key.identifier": colours.key,
    "argument.identifier": colours.variable,
  };
  const grounds = ["editorHoverWidget", "editorSuggestWidget", "editorWidget", "menu", "quickInput"];
  return {
    base,
    inherit: true,
    rules: Object.entries(tokens).map(([token, colour]) => ({ token, foreground: colour.slice(1) })),
    colors: {
      ...Object.fromEntries(grounds.map((it) => [`${it}.background`, ground])),
      "editor.background": CLEAR,
      "editor.foreground": colours.sign,
      "editorLineNumber.foreground": lines,
      "editorLineNumber.activeForeground": colours.sign,
      "editorLineNumber.dimmedForeground": lines,
      "editorBracketHighlight.foreground1": brackets[0],
      "editorBracketHighlight.foreground2": brackets[1],
      "editorBracketHighlight.foreground3": brackets[2],
      "editorSuggestWidget.selectedBackground": chosen,
      "editorSuggestWidget.selectedForeground": accent,
      "list.hoverBackground": chosen,
      "list.highlightForeground": accent,
      "menu.selectionBackground": chosen,
      "textLink.foreground": accent,
      "editorLink.activeForeground": accent,
      "scrollbar.shadow": CLEAR,
      focusBorder: accent,
    },
  };
}
