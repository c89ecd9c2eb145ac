// Enter at the end of a list item begins the next one; in an empty item it ends the list. Who types the number of an
// item that has one already does not get two.

const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})([.)]))(\s+)(\[[ xX]\]\s+)?(.*)$/;

// A number that the script wrote, one typed behind it, and the first sign after that which makes it no decimal.
const NUMBERED_TWICE = /^(\s*)\d{1,9}([.)]) ([0-9๐-๙]{1,9})[.)]([^0-9๐-๙][^]*)$/;

function arabic(digits) {
  return digits.replace(/[๐-๙]/g, (digit) => digit.charCodeAt(0) - 0x0e50);
}

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
    if (item[7].trim()) {
      put(area, "\n" + nextItem(item), at);
      area.dataset.marked = area.selectionStart; // markdown_editor.js says so too, of its button
    } else {
      put(area, "", from);
    }
  });
  area.addEventListener("input", (event) => {
    const { selectionStart: at, value, dataset } = area;
    const from = value.lastIndexOf("\n", at - 1) + 1;
    const twice = NUMBERED_TWICE.exec(value.slice(from, at));
    if (event.inputType !== "insertText" || !twice || from + twice[0].indexOf(" ", twice[1].length) + 1 !== Number(dataset.marked)) return;
    delete dataset.marked;
    put(area, twice[1] + arabic(twice[3]) + twice[2] + " " + twice[4].trimStart(), from);
  });
});
