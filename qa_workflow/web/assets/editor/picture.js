// The diagram beside the text, drawn anew after a pause.
import { ask } from "./server.js";

const PAUSE = 500;

export class Picture {
  constructor(form, place) {
    this.form = form;
    this.place = place;
    this.note = place?.parentElement.querySelector("[data-picture-note]");
  }

  changed(text) {
    if (this.place) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.draw(text), PAUSE);
    }
  }

  async draw(text) {
    this.under?.abort();
    this.under = new AbortController();
    const answer = await ask(this.form, this.form.dataset.draw, { source: text }, this.under.signal);
    if (answer.gone) {
      return;
    }
    const drawn = answer.ok && answer.response.status === 200;
    if (drawn) {
      this.place.innerHTML = await answer.response.text();
    }
    this.note.hidden = drawn;
  }
}
