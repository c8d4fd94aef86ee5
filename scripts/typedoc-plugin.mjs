/** Guides are called what their first heading says, in the site's navigation and search. */
import { Converter } from "typedoc";

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [first] = document.content;
    const heading = /^\s*# (.+)\n/.exec(first?.text ?? "");
    if (heading === null) return;
    document.name = heading[1];
    first.text = first.text.slice(heading[0].length); // the page has its name above
  });
}
