// How the console is built: files of one folder, whose names change with what they hold.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { built, noting } from "./built.ts";

const OUT = fileURLToPath(new URL("../server/console", import.meta.url));
const JSONC = fileURLToPath(new URL("./src/jsonc.ts", import.meta.url));
const packages = new Set<string>();

export default defineConfig({
  base: "/console/",
  resolve: {
    alias: {
      "prettier/plugins/estree": JSONC,
      "prettier/parser-babel": JSONC,
      // The same once more, under an older name.
      "prettier/parser-graphql": "prettier/plugins/graphql",
    },
  },
  plugins: [noting(packages), built(process.env.CONSOLE_OUT ?? OUT, packages)],
  worker: { format: "es", plugins: () => [noting(packages)] },
  build: {
    outDir: OUT,
    emptyOutDir: false,
    assetsDir: "",
    modulePreload: false,
    // The editor is one piece, and comes after signing in.
    chunkSizeWarningLimit: 4096,
    target: "es2023",
    rolldownOptions: {
      // Others' marks for servers that render pages mean nothing here.
      onLog: (level, log, tell) => (log.code === "MODULE_LEVEL_DIRECTIVE" ? undefined : tell(level, log)),
    },
  },
});
