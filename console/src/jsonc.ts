// Prettier's way to lay out JSON with comments, by the parser that is there already: its own weighs half a megabyte.
import { applyEdits, format } from "jsonc-parser";
import type { Parser, Printer } from "prettier";

interface Whole {
  text: string;
}

const LAYOUT = { insertSpaces: true, tabSize: 2 };

const parser: Parser<Whole> = {
  parse: (text) => ({ text }),
  astFormat: "jsonc-text",
  locStart: () => 0,
  locEnd: (whole) => whole.text.length,
};
const printer: Printer<Whole> = {
  print: ({ node }) => applyEdits(node.text, format(node.text, undefined, LAYOUT)),
};

export const parsers = { jsonc: parser };
export const printers = { "jsonc-text": printer };
