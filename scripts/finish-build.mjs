/** Writes what the package holds beside its compiled code, and mends the compiled code. The last part of `npm run build`. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { configJsonSchema } from "inference-lab/config";

const dist = new URL("../dist/", import.meta.url);
const write = (name, text) => writeFileSync(new URL(name, dist), text);

/** Where editors find what a config file may contain. */
write("config.schema.json", `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);

/**
 * What an import of an entry that does not exist leads to. It fails as it should, and the module that cannot be found says what there
 * is: unlike an error that is thrown, a host reports this before it complains about names that are not exported.
 */
const { exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const entries = Object.keys(exports)
  .filter((entry) => /^\.\/[\w-]+$/.test(entry))
  .map((entry) => entry.slice(2));
const text = `no such entry; inference-lab itself and ${entries.join(", ")} exist`;
const message = JSON.stringify(text);
write("no-such-entry.js", `import ${message};\n`);
write("no-such-entry.cjs", `require(${message});\n`);

/** A compiler says that this file is no module, and names it. */
write("no-such-entry.d.ts", `// ${text}\n`);

/**
 * The CommonJS copy has `require` where the source has `import()`, which fails for modules that only `import()` loads: those with a
 * top-level `await`, as vega, and all ES modules on Nodes before 20.19.
 */
for (const name of readdirSync(dist).filter((name) => name.endsWith(".cjs"))) {
  const code = readFileSync(new URL(name, dist), "utf8");
  const required =
    /Promise\.resolve\(\)\.then\(\(\) => _interopRequireWildcard\(require\(("[^"]+")\)\)\)/g;
  if (required.test(code)) write(name, code.replace(required, "import($1)"));
}
