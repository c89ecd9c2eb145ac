// Comfort for a plain textarea: a toolbar, a preview made by the server, pictures pasted, dropped or chosen.
// Every change goes through execCommand("insertText") where the browser has it, so that Ctrl+Z undoes it.

const PREVIEW_PAUSE = 600; // ms after the last key

function token() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : "";
}

function insert(area, text, from, to, selectFrom, selectTo) {
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(selectFrom, selectTo);
}

function surround(area, mark, sample) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const text = value.slice(from, to) || sample;
  insert(area, mark + text + mark, from, to, from + mark.length, from + mark.length + text.length);
}

function eachLine(area, prefix) {
  const { selectionStart, selectionEnd, value } = area;
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  const to = end === -1 ? value.length : end;
  const text = value.slice(from, to).split("\n").map((line, n) => prefix(n) + line).join("\n");
  insert(area, text, from, to, from + text.length, from + text.length);
  area.dataset.marked = from + text.length; // see list_lines.js
}

// A block stands alone: an empty line before and after it.
function block(area, text) {
  const { selectionEnd: at, value } = area;
  const before = at === 0 || value.slice(0, at).endsWith("\n\n") ? "" : value.slice(0, at).endsWith("\n") ? "\n" : "\n\n";
  const after = value.slice(at).startsWith("\n\n") || at === value.length ? "\n" : "\n\n";
  const end = at + before.length + text.length + after.length;
  insert(area, before + text + after, at, at, end, end);
}

function link(area, sample) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const text = value.slice(from, to) || sample;
  const start = from + text.length + 3;
  insert(area, "[" + text + "](https://)", from, to, start, start + "https://".length);
}

function table(area, column) {
  block(area, "| " + column + " | " + column + " |\n| --- | --- |\n|  |  |\n|  |  |");
}

// A word as code; several lines as a block that keeps its spaces.
function code(area, sample) {
  const text = area.value.slice(area.selectionStart, area.selectionEnd);
  if (!text.includes("\n")) return surround(area, "`", sample);
  const { selectionStart: from, selectionEnd: to } = area;
  const fenced = "```\n" + text + "\n```";
  insert(area, fenced, from, to, from + fenced.length, from + fenced.length);
}

function grow(area) {
  const least = area.offsetHeight;
  if (area.scrollHeight > least) area.style.height = Math.min(area.scrollHeight + 4, window.innerHeight * 0.8) + "px";
}

// One stop of the Tab key for the whole bar; arrows move inside it.
function roving(bar) {
  const buttons = Array.from(bar.querySelectorAll("button"));
  buttons.forEach((button, n) => { button.tabIndex = n ? -1 : 0; });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const here = buttons.indexOf(document.activeElement);
    const next = buttons[(here + step + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
    event.preventDefault();
  });
}

function setUpPreview(editor, area) {
  const fold = editor.querySelector("[data-preview]");
  if (!fold) return;
  const place = fold.querySelector("[data-preview-text]");
  let timer = 0;
  let asked = 0;
  async function refresh() {
    const mine = ++asked;
    try {
      const answer = await fetch(editor.dataset.previewUrl, {
        method: "POST", credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ text: area.value }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const made = await answer.json();
      if (mine === asked) place.innerHTML = made.html; // cleaned by the server, like every text that people wrote
    } catch (error) {
      if (mine === asked) place.textContent = editor.dataset.previewFailed;
    }
  }
  fold.hidden = false;
  fold.addEventListener("toggle", () => { if (fold.open) refresh(); });
  area.addEventListener("input", () => {
    clearTimeout(timer);
    if (fold.open) timer = setTimeout(refresh, PREVIEW_PAUSE);
  });
}

function setUpPictures(editor, area) {
  if (!editor.dataset.uploadUrl) return;
  const state = editor.querySelector(".editor-state");
  const chooser = editor.querySelector("[data-picture]");

  function say(text, isWrong, progress) {
    state.textContent = text;
    state.classList.toggle("editor-state-wrong", Boolean(isWrong));
    if (progress) state.appendChild(progress);
  }

  function upload(file) {
    return new Promise((done) => {
      const progress = document.createElement("progress");
      progress.max = 1;
      progress.setAttribute("aria-label", editor.dataset.uploading);
      say(editor.dataset.uploading, false, progress);
      const body = new FormData();
      body.append("file", file, file.name || "picture.png");
      const request = new XMLHttpRequest(); // fetch still cannot tell how far an upload is
      request.open("POST", editor.dataset.uploadUrl);
      request.setRequestHeader("X-CSRFToken", token());
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress.value = event.loaded / event.total; });
      request.addEventListener("loadend", () => {
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch (error) { /* said below */ }
        if (request.status >= 200 && request.status < 300 && answer.markdown) {
          block(area, answer.markdown);
          say(editor.dataset.uploaded);
        } else {
          say(answer.error || editor.dataset.uploadFailed, true);
        }
        done();
      });
      request.send(body);
    });
  }

  async function uploadAll(files) {
    for (const file of files) await upload(file); // one after the other, so that they stand in the order chosen
  }

  function pictures(transfer) {
    return Array.from(transfer.files).filter((file) => file.type.startsWith("image/"));
  }

  area.addEventListener("paste", (event) => {
    const found = pictures(event.clipboardData);
    if (!found.length || event.clipboardData.getData("text/plain")) return; // Word puts a picture of the text beside it
    event.preventDefault();
    uploadAll(found);
  });
  area.addEventListener("drop", (event) => {
    const found = pictures(event.dataTransfer);
    if (!found.length) return;
    event.preventDefault();
    uploadAll(found);
  });
  chooser.addEventListener("change", () => {
    uploadAll(Array.from(chooser.files)).then(() => { chooser.value = ""; });
  });
}

document.querySelectorAll("[data-markdown-editor]").forEach((editor) => {
  const area = editor.querySelector("textarea");
  const bar = editor.querySelector(".editor-bar");
  const sample = editor.dataset.sampleText;
  const acts = {
    bold: () => surround(area, "**", sample),
    italic: () => surround(area, "*", sample),
    heading: () => eachLine(area, () => "## "),
    list: () => eachLine(area, () => "- "),
    numbers: () => eachLine(area, (n) => (n + 1) + ". "),
    quote: () => eachLine(area, () => "> "),
    table: () => table(area, editor.dataset.sampleColumn),
    link: () => link(area, sample),
    code: () => code(area, sample),
    emoji: (button) => {
      const palette = editor.querySelector("[data-emoji]");
      palette.hidden = !palette.hidden;
      button.setAttribute("aria-expanded", String(!palette.hidden));
    },
    picture: () => editor.querySelector("[data-picture]").click(),
  };
  bar.hidden = false;
  editor.querySelector("[data-editor-help]").hidden = false;
  document.querySelectorAll("[data-without-editor]").forEach((plain) => { plain.hidden = true; });
  roving(bar);
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    if (button) acts[button.dataset.act](button);
  });
  editor.querySelector("[data-emoji]").addEventListener("click", (event) => {
    const sign = event.target.dataset.sign;
    if (!sign) return;
    const to = area.selectionStart + sign.length;
    insert(area, sign, area.selectionStart, area.selectionEnd, to, to);
  });
  area.addEventListener("keydown", (event) => {
    const act = (event.ctrlKey || event.metaKey) && { b: "bold", i: "italic", k: "link" }[event.key];
    if (!act) return;
    event.preventDefault();
    acts[act]();
  });
  area.addEventListener("input", () => grow(area));
  grow(area);
  setUpPreview(editor, area);
  setUpPictures(editor, area);
});
