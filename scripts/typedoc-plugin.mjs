/** Guides are called what their first heading says, in the site's navigation and search; the first page has its name above. */
import { Converter } from "typedoc";

const HEADING = /^\s*# (.+)\n/;

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [, heading] = HEADING.exec(document.content[0]?.text ?? "") ?? [];
    if (heading !== undefined) document.name = heading;
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const [first] = project.readme ?? [];
    if (first?.kind === "text") first.text = first.text.replace(HEADING, "");
  });
}
