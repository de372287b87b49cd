// Small comforts of every page. All of them may be missing: the page works without.
import "./keep.js";

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-print]")) {
    window.print();
  }
});

// On paper nothing can be opened by hand.
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.open = true;
    details.dataset.openedToPrint = "";
  }
});
window.addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-opened-to-print]")) {
    details.open = false;
    delete details.dataset.openedToPrint;
  }
});

// One box that ticks all boxes of the same form: <input type="checkbox" data-ticks="items">.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box instanceof HTMLInputElement && box.dataset.ticks) {
    for (const other of box.form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(box.dataset.ticks)}"]`)) {
      other.checked = box.checked;
    }
  }
});
