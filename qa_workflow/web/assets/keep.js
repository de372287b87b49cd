// What is typed into <form data-keep="a name for it"> outlives a session that ends, a reload and a slip of the finger:
// it is kept in this tab until the page says that it was saved (a success banner), or the person signs out.
const PREFIX = "qa-kept:";
const LEAVE = new Set(["hidden", "password", "file", "submit", "button", "image", "reset"]);

function place(form) {
  return PREFIX + form.dataset.keep;
}

function fields(form) {
  return [...form.elements].filter((field) => field.name && !LEAVE.has(field.type) && field.autocomplete !== "off");
}

function ticks(field) {
  return field.type === "checkbox" || field.type === "radio";
}

function refused(form) {
  return form.querySelector(".nhsuk-form-group--error") !== null;
}

// What somebody changed and nothing else: what a page fills in by itself (a box that is ticked, as one comes to say
// something particular) is left as that page has it. A refused form has what was changed before it came back filled in.
function typed(form) {
  const before = new Set(refused(form) ? read(form).fields.map(([name]) => name) : []);
  return fields(form)
    .filter((field) => !asRendered(field) || before.has(field.name))
    .map((field) => [field.name, ticks(field) ? [field.value, field.checked] : field.value]);
}

function read(form) {
  return JSON.parse(sessionStorage.getItem(place(form))) ?? { sent: false, fields: [] };
}

function asRendered(field) {
  if (ticks(field)) {
    return field.checked === field.defaultChecked;
  }
  if (field instanceof HTMLSelectElement) {
    return [...field.options].every((option) => option.selected === option.defaultSelected);
  }
  return field.value === field.defaultValue;
}

function putBack(form, kept) {
  let changed = 0;
  for (const field of fields(form)) {
    for (const [name, value] of kept) {
      if (name !== field.name) {
        continue;
      }
      if (!ticks(field) && field.value !== value) {
        field.value = value;
        changed += 1;
      } else if (ticks(field) && value[0] === field.value && field.checked !== value[1]) {
        field.checked = value[1];
        changed += 1;
      }
    }
    if (!asRendered(field)) {
      field.closest("details")?.setAttribute("open", ""); // what was typed is seen, wherever it is folded away
    }
  }
  return changed;
}

function tell(form) {
  const line = document.createElement("p");
  line.className = "qa-kept";
  line.setAttribute("role", "status");
  line.append("What you typed here before was put back. ");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "qa-link-button";
  button.textContent = "Start again without it";
  button.addEventListener("click", () => {
    sessionStorage.removeItem(place(form));
    form.reset();
    line.remove();
  });
  line.append(button);
  form.prepend(line);
}

function look(form) {
  const found = read(form);
  // A refused form comes back filled by the server, which knows better.
  if (!refused(form) && putBack(form, found.fields)) {
    // If it was sent, that came to nothing: what is saved next is something else, and does not make this forgotten.
    sessionStorage.setItem(place(form), JSON.stringify({ ...found, sent: false }));
    tell(form);
  }
}

try {
  if (document.querySelector(".nhsuk-notification-banner--success")) {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && JSON.parse(sessionStorage.getItem(key)).sent) {
        sessionStorage.removeItem(key);
      }
    }
  }
  for (const form of document.querySelectorAll("form[data-keep]")) {
    look(form);
  }
  const keep = (form, sent) => {
    const found = typed(form);
    if (found.length) {
      sessionStorage.setItem(place(form), JSON.stringify({ sent, fields: found }));
    } else {
      sessionStorage.removeItem(place(form));
    }
  };
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target instanceof Element ? event.target.closest("form[data-keep]") : null;
      if (form) {
        keep(form, false);
      }
    });
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-keep]")) {
      keep(event.target, true);
    } else if (event.target.matches("form[data-forgets]")) {
      sessionStorage.clear(); // signing out
    }
  });
} catch {
  // A browser that keeps nothing for us is no reason to fail.
}
