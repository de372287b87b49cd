// Nothing that was typed is lost: it is kept in this browser at once, and saved as a draft after a pause.
import { ask } from "./server.js";

const PAUSE = 2500;

export class Keeper {
  constructor(form, area, put) {
    this.form = form;
    this.area = area;
    this.put = put;
    this.saved = area.dataset.unsaved === undefined ? area.value : null; // what was refused came back, and is not saved
    this.said = form.querySelector("[data-keeper-said]");
    form.addEventListener("submit", () => clearTimeout(this.timer));
    document.addEventListener("click", (event) => this.follow(event));
    window.addEventListener("beforeunload", () => clearTimeout(this.timer));
  }

  get prefix() {
    return `qa-draft:${this.form.dataset.draft}:`;
  }

  get revision() {
    return this.form.elements.revision.value;
  }

  changed() {
    clearTimeout(this.timer);
    if (this.area.value === this.saved) {
      this.forget();
      return this.say("");
    }
    this.keep();
    this.say("Not saved yet");
    if (!this.stopped) {
      this.timer = setTimeout(() => this.save(), PAUSE);
    }
  }

  keep() {
    try {
      const kept = { text: this.area.value, at: new Date().toISOString() };
      localStorage.setItem(this.prefix + this.revision, JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing: the draft is saved in a moment all the same.
    }
  }

  entries() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
    } catch {
      return [];
    }
  }

  forget() {
    for (const key of this.entries()) {
      localStorage.removeItem(key);
    }
  }

  async save() {
    const text = this.area.value;
    const answer = await ask(this.form, this.form.dataset.save, { source: text, revision: this.revision });
    if (!answer.ok) {
      // Somebody else saved, or the draft is no longer there: going on would only say so again and again.
      this.stopped = answer.status !== undefined && answer.status < 500;
      return this.say(`${answer.said}. What you type is kept in this browser`);
    }
    const { revision, said } = await answer.response.json();
    this.forget();
    for (const field of document.querySelectorAll("input[name=revision]")) {
      field.value = revision; // the other forms of the page are about the same draft
    }
    this.saved = text;
    if (this.area.value === text) {
      this.say(said);
    } else {
      this.changed();
    }
  }

  // A link to another page about this draft shows what was typed a moment ago, too.
  async follow(event) {
    const link = event.target instanceof Element ? event.target.closest(`a[href^="/drafts/${this.form.dataset.draft}/"]`) : null;
    if (link && this.area.value !== this.saved && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      clearTimeout(this.timer);
      await this.save();
      window.location.assign(link.href);
    }
  }

  // After a reload: what was typed and not saved is shown to be there, and put back if wanted.
  offer() {
    for (const key of this.entries()) {
      const { text, at } = JSON.parse(localStorage.getItem(key));
      if (text === this.area.value) {
        localStorage.removeItem(key);
        continue;
      }
      const earlier = key !== this.prefix + this.revision;
      this.show(text, new Date(at), earlier);
      return;
    }
  }

  show(text, at, earlier) {
    const box = document.querySelector("[data-offer]");
    const when = at.toLocaleString("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    box.querySelector("[data-offer-when]").textContent = when;
    box.querySelector("[data-offer-earlier]").hidden = !earlier;
    box.hidden = false;
    box.querySelector("[data-offer-put]").addEventListener("click", () => {
      box.hidden = true;
      this.put(text);
      document.querySelector(".cm-content").focus();
    });
    box.querySelector("[data-offer-drop]").addEventListener("click", () => {
      box.hidden = true;
      this.forget();
      document.querySelector(".cm-content").focus();
    });
  }

  say(words) {
    if (this.said.textContent !== words) {
      this.said.textContent = words;
    }
  }
}
