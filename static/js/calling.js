// What is offered while one writes: colleagues after an @, items after a #, and colleagues in a field that takes one by name.
// Arrows choose, Enter or Tab takes, Escape closes; the list stands below the text, where no keyboard of a phone covers it.
// Without this script names typed after an @ are linked by the server, and it finds who is meant in the field.

const PAUSE = 150; // ms after the last key
const SIGNS = [
  { sign: "@", url: "callUrl", label: "callLabel", list: "people", begun: /(?:^|[^A-Za-z0-9@._/+-])@([\p{L}\p{N}][^@#\n]{0,40})$/u },
  { sign: "#", url: "linkUrl", label: "linkLabel", list: "items", begun: /(?:^|[\s(])#([\p{L}\p{N}][^#\n]{0,60})$/u },
  { sign: "", url: "nameUrl", label: "nameLabel", list: "people", begun: /^\s*([\p{L}\p{N}][^()\n]{0,60})$/u },
];

document.querySelectorAll("[data-call-url], [data-link-url], [data-name-url]").forEach((editor) => {
  const area = editor.querySelector("textarea, input");
  const isName = "nameUrl" in editor.dataset;
  const list = document.createElement("ul");
  let timer = 0;
  let asked = 0;
  let chosen = 0;
  let from = 0;

  list.className = "suggestions suggestions-below";
  list.id = area.id + "-offered";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  area.insertAdjacentElement("afterend", list);
  area.setAttribute("aria-controls", list.id);
  if (isName) {
    area.setAttribute("role", "combobox");
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-expanded", "false");
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    if (isName) area.setAttribute("aria-expanded", "false");
    area.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    Array.from(list.children).forEach((line, at) => line.setAttribute("aria-selected", String(at === index)));
    chosen = index;
    area.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  }

  function take(index) {
    const text = list.children[index].dataset.text + (isName ? "" : " ");
    const to = isName ? area.value.length : area.selectionStart;
    close();
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, from, to, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function show(offered, label) {
    list.textContent = "";
    offered.forEach((one, index) => {
      const line = document.createElement("li");
      const name = document.createElement("span");
      const note = document.createElement("small");
      line.className = "suggestion";
      line.id = list.id + "-" + index;
      line.dataset.text = one.text;
      line.setAttribute("role", "option");
      name.textContent = one.name;
      note.textContent = one.note;
      line.append(name, note);
      list.appendChild(line);
    });
    list.setAttribute("aria-label", label);
    list.hidden = false;
    if (isName) area.setAttribute("aria-expanded", "true");
    choose(0);
  }

  async function ask() {
    const before = area.value.slice(0, area.selectionStart);
    const mine = ++asked;
    for (const kind of SIGNS) {
      const found = editor.dataset[kind.url] && kind.begun.exec(before);
      if (!found) continue;
      from = isName ? 0 : area.selectionStart - found[1].length - kind.sign.length;
      const url = new URL(editor.dataset[kind.url], location.href);
      url.searchParams.set("q", found[1]);
      try {
        const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
        const offered = (await answer.json())[kind.list];
        if (mine !== asked) return;
        if (Array.isArray(offered) && offered.length) return show(offered, editor.dataset[kind.label]);
      } catch (error) { /* no answer is no error: one types on */ }
      return mine === asked ? close() : undefined;
    }
    close();
  }

  area.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  });
  // In the capturing phase: what else listens to Enter (list_lines.js) must not see one that takes a name.
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const most = list.children.length;
    if (event.key === "ArrowDown") choose((chosen + 1) % most);
    else if (event.key === "ArrowUp") choose((chosen + most - 1) % most);
    else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps the focus
  list.addEventListener("click", (event) => {
    const line = event.target.closest("li");
    if (line) take(Array.from(list.children).indexOf(line));
  });
  area.addEventListener("blur", close);
});
