// Files of a form go to the server as soon as they are chosen or dropped, each with its progress, so that a photograph from a
// phone is not sent together with the text and lost with it. Without script they go with the form.

function token() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : "";
}

function line(list, name) {
  const made = document.createElement("li");
  const box = document.createElement("div");
  const title = document.createElement("span");
  const note = document.createElement("small");
  title.textContent = name;
  box.append(title, document.createElement("br"), note);
  made.appendChild(box);
  list.appendChild(made);
  return { made, box, title, note };
}

function removable(zone, made, url) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-plain";
  button.textContent = zone.dataset.remove;
  button.dataset.removeUrl = url;
  made.appendChild(button);
  button.addEventListener("click", () => takeAway(button));
}

async function takeAway(button) {
  button.disabled = true;
  try {
    const answer = await fetch(button.dataset.removeUrl, {
      method: "POST", credentials: "same-origin", headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    button.closest("li").remove();
  } catch (error) {
    button.disabled = false;
  }
}

function send(zone, list, file) {
  const shown = line(list, file.name);
  const limit = Number(zone.dataset.maxBytes || 0);
  if (limit && file.size > limit) {
    shown.made.className = "wrong";
    shown.note.textContent = zone.dataset.tooLarge;
    return Promise.resolve(false);
  }
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  shown.box.appendChild(bar);
  shown.note.textContent = zone.dataset.sending;
  const body = new FormData();
  body.append("file", file);
  body.append("item_id", zone.dataset.item);
  return new Promise((done) => {
    const request = new XMLHttpRequest(); // fetch tells nothing about how far it has come
    request.open("POST", zone.dataset.uploadUrl);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; });
    request.addEventListener("loadend", () => {
      bar.remove();
      const said = request.response;
      if (request.status === 201 && said) {
        const link = document.createElement("a");
        link.href = said.url;
        link.textContent = said.name;
        shown.title.replaceWith(link);
        shown.note.textContent = zone.dataset.sent;
        removable(zone, shown.made, said.url + "/remove");
        done(true);
      } else {
        shown.made.className = "wrong";
        shown.note.textContent = (said && said.error) || zone.dataset.failed;
        done(false);
      }
    });
    request.send(body);
  });
}

document.querySelectorAll("[data-uploads]").forEach((zone) => {
  const input = zone.querySelector("input[type=file]");
  const list = zone.querySelector("[data-uploaded]");
  const drop = zone.querySelector(".drop");
  const form = zone.closest("form");
  const state = zone.querySelector("[data-upload-state]");
  let before = Promise.resolve(); // one after the other: a slow line carries one file faster than four
  let waiting = 0;
  let failed = 0;
  const take = (files) => {
    Array.from(files).forEach((file) => {
      waiting += 1;
      before = before.then(() => send(zone, list, file)).then((arrived) => { waiting -= 1; if (!arrived) failed += 1; });
    });
  };
  // What is handed in can't be added to: the form waits for its files, and stops where one did not arrive.
  form.addEventListener("submit", (event) => {
    if (!waiting && !failed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    state.hidden = false;
    if (waiting) {
      state.textContent = zone.dataset.waiting;
      before.then(() => { state.hidden = true; if (!failed) form.requestSubmit(event.submitter); });
    } else {
      state.textContent = zone.dataset.notAll;
      failed = 0; // pressed once more it goes without them
      state.scrollIntoView({ block: "center" });
    }
  }, true);
  window.addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });
  zone.querySelectorAll("[data-remove-url]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => takeAway(button));
  });
  zone.querySelector("[data-drop-hint]").hidden = false;
  input.addEventListener("change", () => { take(input.files); input.value = ""; });
  ["dragenter", "dragover"].forEach((name) => drop.addEventListener(name, (event) => {
    if (!Array.from(event.dataTransfer.types).includes("Files")) return;
    event.preventDefault();
    drop.classList.add("drop-over");
  }));
  ["dragleave", "drop"].forEach((name) => drop.addEventListener(name, () => drop.classList.remove("drop-over")));
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
});
