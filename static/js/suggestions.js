// What is offered under the search box while one types (the combobox pattern of the ARIA guide): arrows choose, Enter goes
// there, Escape closes. Without a choice Enter searches, as it does without this script.

const PAUSE = 150; // ms after the last key
const KEPT = 50; // answers of this page that are not asked for again

document.querySelectorAll("form[data-suggestions]").forEach((form) => {
  const box = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const answers = new Map();
  let timer = 0;
  let asked = 0;
  let chosen = -1;

  list.className = "suggestions";
  list.id = box.id + "-suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.suggestionsLabel);
  form.appendChild(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", list.id);

  function close() {
    clearTimeout(timer);
    asked += 1; // what is on its way comes too late
    chosen = -1;
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function option(suggestion, index) {
    const line = document.createElement("li");
    const text = document.createElement("span");
    const note = document.createElement("small");
    line.className = "suggestion";
    line.id = list.id + "-" + index;
    line.dataset.url = suggestion.url;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    text.textContent = suggestion.text;
    note.textContent = suggestion.note;
    line.append(text, note);
    return line;
  }

  function show(suggestions) {
    close();
    if (!suggestions.length || document.activeElement !== box) return;
    list.textContent = "";
    suggestions.forEach((suggestion, index) => list.appendChild(option(suggestion, index)));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
  }

  async function ask() {
    const text = box.value.trim();
    const mine = ++asked;
    if (!text) return close();
    if (answers.has(text)) return show(answers.get(text));
    const url = new URL(form.dataset.suggestions, location.href);
    url.searchParams.set("q", text);
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
      const { suggestions } = await answer.json();
      if (!Array.isArray(suggestions)) return close(); // asked too often, or signed out meanwhile
      if (answers.size >= KEPT) answers.clear();
      answers.set(text, suggestions);
      if (mine === asked) show(suggestions);
    } catch (error) {
      if (mine === asked) close(); // no answer is no error: the search works without
    }
  }

  function choose(index) {
    const options = list.children;
    if (chosen >= 0) options[chosen].setAttribute("aria-selected", "false");
    chosen = index;
    if (chosen < 0) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    options[chosen].setAttribute("aria-selected", "true");
    options[chosen].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", options[chosen].id);
  }

  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  });

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (list.hidden) {
      if (event.key === "ArrowDown" && box.value.trim()) ask();
      return;
    }
    const most = list.children.length;
    if (event.key === "ArrowDown") choose(chosen + 1 < most ? chosen + 1 : -1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? most - 1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.url);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list first, and only then leaves the box
  });

  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const line = event.target.closest("li");
    if (line) location.assign(line.dataset.url);
  });
  box.addEventListener("blur", close);
  form.addEventListener("submit", close);
});
