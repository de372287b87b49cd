// The parts of NHS.UK frontend that our pages use, set going. Loaded with `defer`: the page is there.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  Header,
  NotificationBanner,
  PasswordInput,
  Radios,
  Scroll,
  SkipLink,
  Table,
  Tabs,
  createAll,
} from "nhsuk-frontend";

// NHS.UK's own template says this in an inline script, which our content security policy refuses.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

const components = [
  [Button, { preventDoubleClick: true }],
  [CharacterCount],
  [Checkboxes],
  [ErrorSummary],
  [FileUpload],
  [Header],
  [NotificationBanner],
  [PasswordInput],
  [Radios],
  [Scroll],
  [SkipLink],
  [Table],
  [Tabs],
];

function start(scope) {
  for (const [component, config] of components) {
    createAll(component, config, { scope });
  }
}

start(document);
// A fragment that htmx has put into the page has components of its own.
document.addEventListener("htmx:after:swap", (event) => start(event.target instanceof Element ? event.target : document));
