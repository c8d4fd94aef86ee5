/**
 * Checks the built site: every internal link, picture and anchor of every page leads somewhere, no page needs the network, and the search
 * index knows guides and API. Part of `npm run docs`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

const site = fileURLToPath(new URL("../site", import.meta.url));
const pages = readdirSync(site, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".html"))
  .map((name) => join(site, name));

const texts = new Map(pages.map((page) => [page, readFileSync(page, "utf8")]));
const anchors = new Map(
  [...texts].map(([page, text]) => [
    page,
    new Set([...text.matchAll(/\s(?:id|name)="([^"]+)"/g)].map(([, id]) => id)),
  ]),
);

/** What is wrong with one reference of a page; undefined if nothing is. */
function fault(page, tag, reference) {
  if (/^(https?:|\/\/)/.test(reference)) return tag === "a" ? undefined : "needs the network";
  if (/^(data|mailto|javascript):/.test(reference)) return undefined;
  const [path, anchor] = decodeURIComponent(reference.replaceAll("&amp;", "&")).split("#");
  const target = path === "" ? page : resolve(dirname(page), path.split("?")[0]);
  if (!existsSync(target) || statSync(target).isDirectory()) return "leads nowhere";
  const isPage = anchors.has(target);
  return isPage && anchor && !anchors.get(target).has(anchor) ? "has no such anchor" : undefined;
}

const faults = [];
let numReferences = 0;
for (const [page, text] of texts) {
  for (const [, tag, reference] of text.matchAll(
    /<(a|link|script|img)\b[^>]*?\s(?:href|src)="([^"]*)"/g,
  )) {
    numReferences++;
    const problem = fault(page, tag, reference);
    if (problem !== undefined) faults.push(`${relative(site, page)}: ${reference} ${problem}`);
  }
}

/** typedoc writes `window.searchData = "…"`: base64 of a packed JSON text. */
const [, packed] = /"([^"]+)"/.exec(readFileSync(join(site, "assets/search.js"), "utf8"));
const { rows, index } = JSON.parse(inflateSync(Buffer.from(packed, "base64")).toString());
const words = new Map(index.invertedIndex);
const unknown = ["simulate", "readTrace", "charts"].filter(
  (name) => !words.has(name.toLowerCase()),
);
faults.push(...unknown.map((name) => `the search does not know "${name}"`));

/** Guides are found by what they say, not only by their names. */
const numWords = new Map();
for (const { document } of words.values()) {
  for (const row of Object.keys(document)) numWords.set(row, (numWords.get(row) ?? 0) + 1);
}
const guides = rows.flatMap(({ url }, row) =>
  url.startsWith("documents/") ? [{ url, numWords: numWords.get(String(row)) ?? 0 }] : [],
);
faults.push(
  ...guides.flatMap(({ url, numWords }) =>
    numWords < 50 ? [`${url}: the search knows ${numWords} words of it`] : [],
  ),
);

if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
} else {
  console.log(`${pages.length} pages, ${numReferences} links and pictures: all lead somewhere.`);
  console.log(`The search knows ${words.size} words, and what ${guides.length} guides say.`);
}
