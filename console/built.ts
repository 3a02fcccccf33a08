// What a build leaves: each file compressed, a list of what they hold and were made of, and the notices of others.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const LIST = "built.json";
const NOTICES = "NOTICES.txt";
const PACKAGE = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;
const LICENCE = /^(licen[cs]e|notice|copying|thirdpartynotices)(\.(md|txt))?$/i;

type Content = string | Uint8Array;

/** Note the packages that modules come from: once for the page, once for each worker. */
export function noting(packages: Set<string>): Plugin {
  return {
    name: "noting",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        for (const id of file.type === "chunk" ? Object.keys(file.modules) : []) {
          const found = PACKAGE.exec(id.replace(/^\0/, ""));
          if (found?.[1]) {
            packages.add(found[1]);
          }
        }
      }
    },
  };
}

/** Write what was built into a folder, in place of the bundler. */
export function built(folder: string, packages: Set<string>): Plugin {
  return {
    name: "built",
    generateBundle: {
      // Others of the bundler's put the last words into the files until then.
      order: "post",
      handler(_options, bundle) {
        const files = new Map<string, Content>();
        for (const [name, file] of Object.entries(bundle)) {
          files.set(name, file.type === "chunk" ? file.code : file.source);
          delete bundle[name];
        }
        mkdirSync(folder, { recursive: true });
        for (const name of readdirSync(folder).filter((it) => it.endsWith(".gz") && !files.has(it.slice(0, -3)))) {
          rmSync(join(folder, name));
        }
        for (const [name, content] of files) {
          compress(join(folder, `${name}.gz`), Buffer.from(content));
        }
        const list = Object.fromEntries([...files].sort(byName).map(([name, content]) => [name, hash(content)]));
        writeFileSync(join(folder, LIST), `${JSON.stringify({ sources: sources(process.cwd()), files: list }, null, 2)}\n`);
        writeFileSync(join(folder, NOTICES), notices(packages));
      },
    },
  };
}

/** A file that holds the same stays as it is: other machines compress to other bytes. */
function compress(path: string, content: Buffer): void {
  if (!existsSync(path) || !gunzipSync(readFileSync(path)).equals(content)) {
    writeFileSync(path, gzipSync(content, { level: 9 }));
  }
}

/** One hash of all that the build is made of, packages by their lock file. */
export function sources(root: string): string {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => relative(root, join(it.parentPath, it.name)))
    .filter((it) => !it.startsWith("node_modules"))
    .sort();
  return hash(files.map((it) => `${hash(readFileSync(join(root, it)))}  ${it}\n`).join(""));
}

function notices(packages: Set<string>): string {
  const told = [...packages].map((folder): [string, string] => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const texts = readdirSync(folder)
      .filter((it) => LICENCE.test(it))
      .sort()
      .map((it) => readFileSync(join(folder, it), "utf8").replace(/\r\n/g, "\n").trim());
    return [name, [`${name} ${version} (${license})`, ...texts].join("\n\n")];
  });
  const all = new Map(told.sort(byName));
  const rule = `\n\n${"-".repeat(78)}\n\n`;
  return `${["The console holds these works of others.", ...all.values()].join(rule)}\n`;
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

function hash(content: Content): string {
  return createHash("sha256").update(content).digest("hex");
}
