// What is wrong with the text: underlined by CodeMirror, and listed below for those who read rather than see.

function offset(doc, line, column) {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(found.from + column - 1, found.to);
}

export function asDiagnostic(mark, doc) {
  const from = offset(doc, mark.line, mark.col);
  const to = Math.max(offset(doc, mark.end_line, mark.end_col), from);
  const message = `${mark.message}; ${mark.mend}`;
  return { line: mark.line, severity: mark.severity, diagnostic: { from, to, severity: mark.severity, message } };
}

function counted(found) {
  const errors = found.filter((fault) => fault.severity === "error").length;
  const warnings = found.length - errors;
  const say = (count, word) => (count === 1 ? `1 ${word}` : `${count} ${word}s`);
  const parts = [errors ? say(errors, "fault") : "", warnings ? say(warnings, "warning") : ""].filter(Boolean);
  return parts.length ? `${parts.join(" and ")} in this text.` : "Nothing is wrong with this text.";
}

export class FaultList {
  constructor(place, go) {
    this.said = place.querySelector("[data-faults-said]");
    this.list = place.querySelector("[data-faults-list]");
    this.go = go;
  }

  show(found) {
    this.say(counted(found));
    this.list.replaceChildren(...found.map((fault) => this.entry(fault)));
  }

  entry({ line, severity, diagnostic }) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = "#source";
    link.textContent = `Line ${line}: ${severity === "warning" ? "warning: " : ""}${diagnostic.message}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.go(diagnostic.from, diagnostic.to);
    });
    entry.append(link);
    return entry;
  }

  failed(said) {
    this.say(`${said}, so the text is not checked as you type.`);
    return [];
  }

  // The region is read out when it changes; the same words twice would be a nuisance.
  say(words) {
    if (this.said.textContent !== words) {
      this.said.textContent = words;
    }
  }
}
