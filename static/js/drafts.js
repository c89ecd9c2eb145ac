// Nothing typed is lost: the fields of a form go to the server as a draft a few seconds after the last key, and a copy
// stays on the device until the server has it. When a newer draft is found, the reader is offered it, never surprised by it.

const PAUSE = 3000; // ms after the last key
const A_TAB_IS_STILL_TYPING = 60000; // ms since the last key
const PATIENCE = 1500; // ms that a click or a submit waits for a draft on its way
const MOST_WHEN_LEAVING = 60000; // bytes that a browser sends on for a page that is gone
const NEVER = ["csrf_token"]; // and no password, no file

function token() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : "";
}

function savedFields(form) {
  return Array.from(form.elements).filter((control) => control.name && !NEVER.includes(control.name)
    && (control.type !== "hidden" || "typed" in control.dataset)
    && !/^(password|file|submit|button|fieldset|output)$/.test(control.type));
}

function collect(form) {
  const fields = {};
  savedFields(form).forEach((control) => {
    if (/^(checkbox|radio)$/.test(control.type)) {
      fields[control.name] = fields[control.name] || [];
      if (control.checked) fields[control.name].push(control.value);
    } else if (control.type === "select-multiple") {
      fields[control.name] = Array.from(control.selectedOptions).map((option) => option.value);
    } else {
      fields[control.name] = control.value;
    }
  });
  return fields;
}

function fill(form, fields) {
  savedFields(form).forEach((control) => {
    if (!(control.name in fields)) return;
    const kept = [].concat(fields[control.name]);
    if (/^(checkbox|radio)$/.test(control.type)) control.checked = kept.includes(control.value);
    else if (control.type === "select-multiple") Array.from(control.options).forEach((option) => { option.selected = kept.includes(option.value); });
    else control.value = kept[0];
    control.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function read(value) {
  return JSON.stringify([].concat(value || "").map((text) => String(text).replace(/\r\n?/g, "\n").trim()));
}

// Whether the form shows what the draft holds, as its reader sees it: hidden fields and blanks at the ends do not count.
function shows(form, fields) {
  const here = collect(form);
  return savedFields(form).every(({ name, type }) => type === "hidden" || !(name in fields) || read(here[name]) === read(fields[name]));
}

function button(label, kind, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button " + kind;
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function setUp(form) {
  const url = form.dataset.draftUrl;
  const key = "draft " + new URL(url, location.href).pathname;
  const state = document.createElement("p");
  let timer = 0;
  let sending = null; // the draft on its way
  let isDirty = false;
  let isFilling = false;
  let offered = null; // a newer draft that its reader has not answered to yet
  const changed = new Set(); // names of the fields that were touched meanwhile

  state.className = "draft-state";
  state.setAttribute("role", "status");
  form.appendChild(state);

  const device = {
    get() { try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; } },
    set(value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch (error) { /* full or forbidden: the server has it */ } },
    drop() { try { localStorage.removeItem(key); } catch (error) { /* nothing kept */ } },
  };

  // What is kept while an offer stands: what it holds, and over it what was typed since. An empty box is no answer to it.
  function kept() {
    const here = collect(form);
    if (!offered) return here;
    const fields = Object.assign({}, offered.fields, here);
    Object.keys(offered.fields).forEach((name) => { if (name in here && !changed.has(name)) fields[name] = offered.fields[name]; });
    return fields;
  }

  let isOnServer = false; // a draft of this form has arrived there

  function save() {
    clearTimeout(timer);
    if (sending) { timer = setTimeout(save, PAUSE); return sending; }
    sending = send().finally(() => { sending = null; });
    return sending;
  }

  async function send() {
    isDirty = false;
    state.textContent = form.dataset.draftSaving;
    const version = form.elements.namedItem("version");
    const body = JSON.stringify({ fields: kept(), version: version ? version.value : null });
    try {
      const answer = await fetch(url, {
        method: "POST", credentials: "same-origin", body,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        keepalive: new Blob([body]).size < MOST_WHEN_LEAVING, // arrives though the page is left meanwhile
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      isOnServer = true;
      state.textContent = form.dataset.draftSaved + (said.saved ? " " + said.saved : "");
      if (!isDirty) device.drop();
    } catch (error) {
      state.textContent = navigator.onLine === false ? form.dataset.draftOffline : form.dataset.draftFailed;
      isDirty = true;
    }
  }

  function soon(promise) {
    return Promise.race([promise, new Promise((done) => { setTimeout(done, PATIENCE); })]);
  }

  function touched(event) {
    if (isFilling || (event && event.target.type === "file")) return; // files go their own way
    if (event && event.target.name) changed.add(event.target.name);
    isDirty = true;
    // From now on this tab is about this text: loaded again, it finds it again.
    if (form.dataset.draftPage) history.replaceState(history.state, "", form.dataset.draftPage);
    device.set({ fields: kept(), at: new Date().toISOString() });
    if (navigator.onLine === false) state.textContent = form.dataset.draftOffline;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  function offer(draft) {
    const box = document.createElement("div");
    const text = document.createElement("p");
    const close = () => { box.remove(); offered = null; };
    offered = draft;
    box.className = "draft-offer";
    box.setAttribute("role", "status");
    text.textContent = form.dataset.draftOffer + (draft.saved ? " (" + draft.saved + ")" : "");
    box.appendChild(text);
    box.appendChild(button(form.dataset.draftRestore, "", () => {
      const since = collect(form);
      isFilling = true;
      fill(form, Object.assign({}, draft.fields, ...Array.from(changed).filter((name) => name in since).map((name) => ({ [name]: since[name] }))));
      isFilling = false;
      close();
      touched();
      if (draft.name) localStorage.removeItem(draft.name); // it has this form's key now
    }));
    box.appendChild(button(form.dataset.draftDrop, "button-quiet", () => {
      device.drop();
      if (draft.name) localStorage.removeItem(draft.name);
      fetch(url, { method: "DELETE", credentials: "same-origin", headers: { "X-CSRFToken": token() } }).catch(() => {});
      close();
    }));
    form.insertBefore(box, form.firstChild);
  }

  // A text begun in a tab that closed before the server had it: its copy on this device bears another key.
  function leftBehind() {
    const begun = key.slice(0, key.lastIndexOf("-") + 1);
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(begun) && name !== key)
        .map((name) => Object.assign(JSON.parse(localStorage.getItem(name)), { name }))
        .filter((copy) => !copy.isSubmitted && Date.now() - new Date(copy.at) > A_TAB_IS_STILL_TYPING)
        .sort((one, other) => (one.at < other.at ? 1 : -1))[0];
    } catch (error) { return null; }
  }

  // A comment or a note stands on this very page with the key of the form that sent it.
  function hasArrived(copy) {
    return Boolean(copy && copy.sendKey && document.querySelector('[data-send-key="' + CSS.escape(copy.sendKey) + '"]'));
  }

  async function look() {
    if (hasArrived(device.get())) device.drop();
    const here = device.get();
    let there = null;
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (answer.status === 200) {
        there = await answer.json();
        if (hasArrived({ sendKey: there.fields && there.fields.send_key })) { // it came there after what it is a draft of
          there = null;
          fetch(url, { method: "DELETE", credentials: "same-origin", headers: { "X-CSRFToken": token() } }).catch(() => {});
        } else isOnServer = true;
      } else if (here && here.isSubmitted && here.wasOnServer) { // its draft is gone there: the form has arrived
        device.drop();
        return;
      }
    } catch (error) { /* offline: what is on the device counts */ }
    const isHereNewer = here && here.fields && (!there || !there.saved_at || here.at > new Date(there.saved_at).toISOString());
    const newer = (isHereNewer ? here : there) || (form.dataset.draftPage ? leftBehind() : null);
    if (!newer || !newer.fields) return;
    if (!shows(form, newer.fields)) offer(newer);
    else if (there && here && here.isSubmitted) device.drop(); // a preview: the server has it
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (sending) { // else the draft would arrive after what it is a draft of
      event.preventDefault();
      soon(sending).then(() => { sending = null; form.requestSubmit(event.submitter); });
      return;
    }
    isDirty = false;
    const here = device.get();
    const sendKey = form.elements.namedItem("send_key");
    if (here) device.set(Object.assign(here, { sendKey: sendKey ? sendKey.value : "", isSubmitted: navigator.onLine !== false, wasOnServer: isOnServer }));
  });
  window.addEventListener("online", () => { if (isDirty) save(); });
  window.addEventListener("offline", () => { state.textContent = form.dataset.draftOffline; });
  // A tab put away on a phone may never come back: send what is not sent yet.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && isDirty) save(); });
  window.addEventListener("beforeunload", () => { if (isDirty) save(); });
  // The page behind a link knows of the draft already.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = !event.defaultPrevented && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.hash) return;
    if (!(isDirty || sending) || navigator.onLine === false) return;
    event.preventDefault();
    soon(save()).then(() => { location.assign(link.href); });
  });
  // A form shown again with its errors holds what was typed; offering an older draft then would only confuse.
  if (form.querySelector(".form-errors")) return;
  // Only then the browser has put back what was typed before one went on and came Back.
  if (document.readyState === "complete") look();
  else window.addEventListener("load", () => { setTimeout(look); });
}

document.querySelectorAll("form[data-draft-url]").forEach(setUp);
