// Beside the three boxes of a day: a month to choose it from, and the day in words, however it came there.
// The keys are those of the date picker dialog in the ARIA Authoring Practices. Days are instants at midnight UTC.
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAY = 86_400_000;
const [FIRST, LAST] = [Date.UTC(1990, 0, 1), Date.UTC(2100, 11, 31)]; // as web/days.py takes them

const year = (day) => new Date(day).getUTCFullYear();
const month = (day) => new Date(day).getUTCMonth();
const date = (day) => new Date(day).getUTCDate();
const weekday = (day) => (new Date(day).getUTCDay() + 6) % 7;
const words = (day) => `${WEEKDAYS[weekday(day)]} ${date(day)} ${MONTHS[month(day)]} ${year(day)}`;

// The same day so many months on, or the last of a shorter month.
function monthsOn(day, months) {
  const last = date(Date.UTC(year(day), month(day) + months + 1, 0));
  return Date.UTC(year(day), month(day) + months, Math.min(date(day), last));
}

// The day that stands in the boxes; null where they hold none. A month may be typed as its name.
function typed(boxes) {
  const [day, named, of] = boxes.map((box) => box.value.trim());
  const name = named.toLowerCase().replace(/\.$/, "");
  const fits = MONTHS.filter((each) => name.length >= 3 && each.toLowerCase().startsWith(name));
  const number = fits.length === 1 ? MONTHS.indexOf(fits[0]) + 1 : Number(named);
  const found = Date.UTC(Number(of), number - 1, Number(day));
  const isOne = /^\d{4}$/.test(of) && date(found) === Number(day) && month(found) === number - 1;
  return isOne && found >= FIRST && found <= LAST ? found : null;
}

const asked = new Map();

// Why days of a year are not worked, by date; nothing where the server cannot be asked.
function closedIn(of) {
  if (!asked.has(of)) {
    const answer = fetch(`/calendar/closed/${of}`).then((found) => (found.ok ? found.json() : {}));
    asked.set(
      of,
      answer.catch(() => asked.delete(of) && {}),
    );
  }
  return asked.get(of);
}

const iso = (day) => new Date(day).toISOString().slice(0, 10);

class Chooser {
  constructor() {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "qa-days";
    this.dialog.setAttribute("aria-labelledby", "qa-days-for");
    const heads = WEEKDAYS.map((name) => `<th scope="col" abbr="${name}">${name.slice(0, 3)}</th>`).join("");
    this.dialog.innerHTML = `
      <h2 id="qa-days-for"></h2>
      <div class="qa-days__head">
        <button type="button" data-months="-1" aria-label="Previous month">‹</button>
        <p id="qa-days-month" aria-live="polite"></p>
        <button type="button" data-months="1" aria-label="Next month">›</button>
      </div>
      <table role="grid" aria-labelledby="qa-days-month"><thead><tr>${heads}</tr></thead><tbody></tbody></table>
      <ul></ul>
      <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">Cancel</button>`;
    const find = (selector) => this.dialog.querySelector(selector);
    [this.title, this.month, this.days, this.closed] = ["h2", "p", "tbody", "ul"].map(find);
    for (const turn of this.dialog.querySelectorAll("[data-months]")) {
      turn.addEventListener("click", () => this.go(monthsOn(this.at, Number(turn.dataset.months)), turn));
    }
    find(".nhsuk-button").addEventListener("click", () => this.dialog.close());
    this.days.addEventListener("click", (event) => this.choose(event.target.closest("[data-day]")));
    this.days.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => this.opener.focus());
    document.body.append(this.dialog);
  }

  open(opener, boxes, legend, today) {
    [this.opener, this.boxes, this.today] = [opener, boxes, today];
    this.chosen = typed(boxes);
    this.title.textContent = legend;
    this.dialog.showModal();
    this.go(this.chosen ?? today);
  }

  // Show the month of a day, which Tab then comes to; the focus goes there, too, or stays on a button.
  async go(day, stays = null) {
    this.at = Math.min(Math.max(day, FIRST), LAST);
    this.draw();
    (stays ?? this.days.querySelector("[tabindex='0']")).focus();
    const shown = this.at;
    const closed = await closedIn(year(shown));
    if (this.at === shown) {
      this.mark(closed);
    }
  }

  draw() {
    this.month.textContent = `${MONTHS[month(this.at)]} ${year(this.at)}`;
    const first = Date.UTC(year(this.at), month(this.at), 1);
    const last = Date.UTC(year(this.at), month(this.at) + 1, 0);
    this.days.replaceChildren();
    for (let monday = first - weekday(first) * DAY; monday <= last; monday += 7 * DAY) {
      const week = this.days.insertRow();
      for (let day = monday; day < monday + 7 * DAY; day += DAY) {
        const cell = week.insertCell();
        if (day >= first && day <= last) {
          cell.textContent = date(day);
          cell.dataset.day = day;
          cell.tabIndex = day === this.at ? 0 : -1;
          cell.setAttribute("aria-label", words(day));
          cell.setAttribute("aria-selected", day === this.chosen);
          if (day === this.today) {
            cell.setAttribute("aria-current", "date");
          }
        }
      }
    }
  }

  // In words for who hears the day, and below the month for who sees it.
  mark(closed) {
    this.closed.replaceChildren();
    for (const cell of this.days.querySelectorAll("[data-day]")) {
      const day = Number(cell.dataset.day);
      const why = closed[iso(day)];
      if (why) {
        cell.setAttribute("aria-label", `${words(day)}, ${why}, not a working day`);
        cell.classList.add("qa-days__closed");
        const line = document.createElement("li");
        line.textContent = `${date(day)} ${MONTHS[month(day)]}: ${why}`;
        this.closed.append(line);
      }
    }
  }

  key(event) {
    const months = event.shiftKey ? 12 : 1;
    const to = {
      ArrowLeft: () => this.at - DAY,
      ArrowRight: () => this.at + DAY,
      ArrowUp: () => this.at - 7 * DAY,
      ArrowDown: () => this.at + 7 * DAY,
      Home: () => this.at - weekday(this.at) * DAY,
      End: () => this.at + (6 - weekday(this.at)) * DAY,
      PageUp: () => monthsOn(this.at, -months),
      PageDown: () => monthsOn(this.at, months),
    }[event.key];
    if (to) {
      event.preventDefault();
      this.go(to());
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(event.target.closest("[data-day]"));
    }
  }

  choose(cell) {
    if (!cell) {
      return;
    }
    const day = Number(cell.dataset.day);
    for (const [box, number] of [date(day), month(day) + 1, year(day)].map((part, n) => [this.boxes[n], part])) {
      box.value = number;
      box.dispatchEvent(new Event("input", { bubbles: true })); // keep.js keeps it, the line in words follows
    }
    this.dialog.close();
  }
}

let chooser = null;

for (const group of document.querySelectorAll(".nhsuk-date-input[data-today]")) {
  const boxes = [...group.querySelectorAll("input")];
  const legend = group.closest("fieldset").querySelector("legend").textContent.trim().replace(" (optional)", "");
  const item = document.createElement("div");
  item.className = "nhsuk-date-input__item qa-not-printed";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small qa-choose-day";
  button.setAttribute("aria-haspopup", "dialog");
  button.innerHTML = 'Choose a day<span class="nhsuk-u-visually-hidden"></span>';
  button.lastChild.textContent = `: ${legend}`;
  button.addEventListener("click", () => {
    chooser ??= new Chooser();
    chooser.open(button, boxes, legend, Date.parse(group.dataset.today));
  });
  item.append(button);
  group.append(item);

  const line = document.createElement("p");
  line.className = "qa-day-in-words";
  line.setAttribute("role", "status");
  group.after(line);
  const tell = async () => {
    const day = typed(boxes);
    const why = day === null ? "" : (await closedIn(year(day)))[iso(day)];
    if (typed(boxes) === day) {
      line.textContent = day === null ? "" : words(day) + (why ? `: ${why}, not a working day` : "");
    }
  };
  group.addEventListener("input", tell);
  group.closest("form")?.addEventListener("reset", () => setTimeout(tell));
  tell();
}
