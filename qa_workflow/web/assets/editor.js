// The editor of a definition. Without it there is a plain text area and a button, which do all that is needed.
import { autocompletion } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { linter, lintGutter, nextDiagnostic } from "@codemirror/lint";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";

import { Completer } from "./editor/completion.js";
import { FaultList, asDiagnostic } from "./editor/faults.js";
import { Keeper } from "./editor/keeper.js";
import { Picture } from "./editor/picture.js";
import { ask } from "./editor/server.js";

// The lint package draws with images in its style sheet, which our content security policy refuses; signs do as well.
const looks = EditorView.theme({
  ".cm-lintRange-error, .cm-lintRange-warning": { backgroundImage: "none" },
  ".cm-lint-marker": { content: "normal", width: "1em", textAlign: "center", lineHeight: "inherit" },
  ".cm-lint-marker-error::before": { content: "'✕'", color: "#a6160a" },
  ".cm-lint-marker-warning::before": { content: "'▲'", color: "#6b4600" },
  // Few enough that the list needs no scrolling of its own, which could not be done with the keyboard.
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "none" },
});

// Where a selection is typed over, the browser would put the new text into an element with the style of the old one,
// and our content security policy would refuse that; so the text is put in by the editor itself.
const overSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (empty || event.inputType !== "insertText" || event.isComposing || !event.data) {
      return false;
    }
    event.preventDefault();
    const typed = () =>
      view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, event.data, typed))) {
      view.dispatch(typed());
    }
    return true;
  },
});

const PAUSE = 250; // milliseconds without a key, after which the text is checked

function start(form) {
  const area = form.querySelector("textarea");
  const nonce = document.querySelector("meta[name=csp-nonce]")?.content ?? "";
  const faults = new FaultList(document.querySelector("[data-faults]"), (from, to) => go(view, from, to));
  const picture = new Picture(form, document.querySelector("[data-picture]"));
  const completer = new Completer(form.dataset.words);

  const view = new EditorView({
    doc: area.value,
    extensions: [
      basicSetup,
      yaml(),
      autocompletion({ override: [(context) => completer.complete(context)], icons: false, maxRenderedOptions: 10 }),
      linter((asking) => check(form, asking, faults), { delay: PAUSE }),
      lintGutter(),
      looks,
      overSelection,
      keymap.of([{ key: "F8", run: nextDiagnostic }]),
      EditorView.cspNonce.of(nonce),
      EditorView.editorAttributes.of({ class: "qa-editor__view" }),
      EditorView.contentAttributes.of({
        "aria-labelledby": "source-label",
        "aria-describedby": "source-hint",
        tabindex: "0",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) {
          area.value = update.state.doc.toString();
          keeper.changed();
          picture.changed(area.value);
        }
      }),
    ],
  });
  document.getElementById("source-hint").hidden = false; // its keys are this editor's, not the text area's
  const keeper = new Keeper(form, area, (text) =>
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
  );
  area.hidden = true;
  area.insertAdjacentElement("afterend", view.dom);
  // A click on the label, and the error summary's link, lead to the text area that is not seen.
  document.getElementById("source-label")?.addEventListener("click", () => view.focus());
  for (const link of document.querySelectorAll(`a[href="#${area.id}"]`)) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      view.focus();
    });
  }
  keeper.offer();
  // A page that names a fault leads to its line, as in /drafts/3#line-102.
  const line = /^#line-([0-9]{1,6})$/.exec(location.hash);
  if (line) {
    const { from } = view.state.doc.line(Math.min(Math.max(Number(line[1]), 1), view.state.doc.lines));
    go(view, from, from);
  }
}

function go(view, from, to) {
  view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  view.focus();
}

async function check(form, view, faults) {
  const text = view.state.doc.toString();
  const answer = await ask(form, form.dataset.lint, { source: text });
  if (!answer.ok) {
    return faults.failed(answer.said);
  }
  const found = (await answer.response.json()).map((mark) => asDiagnostic(mark, view.state.doc));
  faults.show(found);
  return found.map((fault) => fault.diagnostic);
}

for (const form of document.querySelectorAll("form[data-editor]")) {
  start(form);
}
