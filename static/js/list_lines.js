// Enter at the end of a list item begins the next one; in an empty item it ends the list.

const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})([.)]))(\s+)(\[[ xX]\]\s+)?(.*)$/;

function put(area, text, from) {
  area.setSelectionRange(from, area.selectionEnd);
  if (text ? document.execCommand("insertText", false, text) : document.execCommand("delete")) return;
  area.setRangeText(text, from, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function nextItem([, indent, bullet, number, stop, space, box]) {
  return indent + (bullet || String(Number(number) + 1) + stop) + space + (box ? "[ ] " : "");
}

document.querySelectorAll("[data-markdown-editor] textarea").forEach((area) => {
  area.addEventListener("keydown", (event) => {
    // While a Thai or Chinese word is being put together Enter belongs to the keyboard.
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { selectionStart: at, selectionEnd, value } = area;
    if (at !== selectionEnd || (at < value.length && value[at] !== "\n")) return;
    const from = value.lastIndexOf("\n", at - 1) + 1;
    const item = ITEM.exec(value.slice(from, at));
    if (!item) return;
    event.preventDefault();
    if (item[7].trim()) put(area, "\n" + nextItem(item), at);
    else put(area, "", from);
  });
});
