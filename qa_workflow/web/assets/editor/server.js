// Questions to our own server, with the key that every form carries.

export async function ask(form, path, fields, signal) {
  const body = new URLSearchParams({ form_key: form.elements.form_key.value, kind: form.dataset.kind, ...fields });
  try {
    const response = await fetch(path, { method: "POST", body, redirect: "manual", signal });
    if (response.type === "opaqueredirect" || response.status === 401) {
      return { ok: false, said: "Your session has ended; sign in again in another tab, then reload this page" };
    }
    if (response.ok) {
      return { ok: true, response };
    }
    const said = (await response.json().catch(() => ({}))).said;
    return { ok: false, status: response.status, said: said ?? `The server answered with ${response.status}` };
  } catch (fault) {
    return { ok: false, gone: fault.name === "AbortError", said: "The server cannot be reached" };
  }
}
