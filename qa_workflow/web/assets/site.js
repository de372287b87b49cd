// Small comforts of every page. All of them may be missing: the page works without.
import "./keep.js";
import "./days.js"; // after what was typed is back

// A picture that is wider than the page shows the stage at which the item is.
for (const picture of document.querySelectorAll(".qa-picture")) {
  const here = picture.querySelector("[aria-current]");
  if (here) {
    const { left, width } = here.getBoundingClientRect();
    picture.scrollLeft += left + width / 2 - picture.getBoundingClientRect().left - picture.clientWidth / 2;
  }
}

// On paper nothing can be opened by hand.
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open]):not(.qa-printed-if-open)")) {
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
