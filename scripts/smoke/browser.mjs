/** Chromium: the standalone file as a module of a plain page, in a Web Worker, and with a trace dropped on the page. */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const LAB = "/node_modules/inference-lab/dist/standalone/inference-lab.js";

const WORKER = `
import * as notebook from "${LAB}";
import { report } from "/report.mjs";
self.onmessage = () => report({ notebook }).then(
  (hash) => self.postMessage({ hash }),
  (error) => self.postMessage({ error: error.message }),
);
`;

const PAGE = `<!doctype html>
<div id="target">Drop a trace here</div>
<script type="module">
  import * as notebook from "${LAB}";
  import { report } from "/report.mjs";
  window.onPage = () => report({ notebook });
  window.inWorker = () =>
    new Promise((done, fail) => {
      const worker = new Worker("/worker.mjs", { type: "module" });
      worker.onerror = (event) => fail(new Error(event.message));
      worker.onmessage = ({ data }) => (data.error ? fail(new Error(data.error)) : done(data.hash));
      worker.postMessage("go");
    });
  window.dropped = new Promise((done, fail) => {
    document.querySelector("#target").ondrop = (event) =>
      notebook.readTrace(event.dataTransfer.files[0], { name: "dropped" }).then(done, fail);
  });
  window.isReady = true;
</script>
`;

/** A file of many chunks, packed, so that it is read as a stream; dropped as a user would. */
async function dropTrace() {
  const rows = Array.from(
    { length: 200_000 },
    (_, i) => `${i / 10},${100 + (i % 77)},${1 + (i % 9)}`,
  );
  const text = `arrival_s,input_tokens,output_tokens\n${rows.join("\n")}\n`;
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const file = new File([await new Response(packed).blob()], "trace.csv.gz");
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(file);
  document.querySelector("#target").dispatchEvent(new DragEvent("drop", { dataTransfer }));
  const { rows: read, numRead } = await window.dropped;
  const last = read.at(-1);
  return [numRead, last.arrivalTime, last.numPromptTokens].join();
}

/** Undefined where there is no Chromium; else its version and what to check in it. The caller closes it. */
export async function openBrowser(folder) {
  if (!existsSync(executablePath)) return undefined;
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const made = { "/": PAGE, "/worker.mjs": WORKER }[path];
    const file = join(folder, path);
    if (made === undefined && !existsSync(file)) return response.writeHead(404).end();
    const type = extname(path) === "" ? "text/html" : "text/javascript";
    response.writeHead(200, { "content-type": type }).end(made ?? readFileSync(file));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => window.isReady);
  return {
    version: browser.version(),
    onPage: () => page.evaluate(() => window.onPage()),
    inWorker: () => page.evaluate(() => window.inWorker()),
    drop: () => page.evaluate(dropTrace),
    async close() {
      await browser.close();
      server.close();
    },
  };
}
