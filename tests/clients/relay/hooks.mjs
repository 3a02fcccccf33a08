// What a bundler does with Babel: `graphql` becomes what relay-compiler has written.
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

import { transformFileSync } from "@babel/core"

const ours = new URL(".", import.meta.url).href

registerHooks({
  resolve(name, context, next) {
    return next(name.endsWith(".graphql") ? `${name}.ts` : name, context)
  },
  load(url, context, next) {
    if (!url.startsWith(ours) || !url.endsWith(".ts") || url.includes("node_modules")) return next(url, context)
    const { code } = transformFileSync(fileURLToPath(url), {
      configFile: false,
      presets: [["@babel/preset-typescript", { rewriteImportExtensions: false }]],
      plugins: [["relay", { eagerEsModules: true }]],
    })
    return { format: "module", source: code, shortCircuit: true }
  },
})
