// A table pasted from Word, Excel or a web page becomes a Markdown table, with the text around it where there is some.

const BLOCKS = /^(ADDRESS|ARTICLE|BLOCKQUOTE|DD|DIV|DL|DT|H[1-6]|HR|LI|OL|P|PRE|SECTION|UL)$/;
const UNSEEN = /^(HEAD|STYLE|SCRIPT|TITLE|TEMPLATE|META|LINK)$/;
const MOST_COLUMNS = 60;

function tidy(text) {
  return text.replace(/\s+/g, " ").trim();
}

function markdown(rows) {
  const filled = rows.filter((row) => row.some((cell) => cell));
  if (!filled.length) return "";
  const width = Math.max(...filled.map((row) => row.length));
  const line = (cells) => "| " + Array.from({ length: width }, (_, n) => (cells[n] || "").replace(/\\/g, "\\\\").replace(/\|/g, "\\|")).join(" | ") + " |";
  return [line(filled[0]), line(Array(width).fill("---")), ...filled.slice(1).map(line)].join("\n");
}

// Merged cells: their text stands in the first place, the others stay empty.
function rowsOf(table) {
  const taken = []; // rows that a cell above still covers, by column
  return Array.from(table.rows).map((row) => {
    const cells = [];
    const skip = () => { while (taken[cells.length] > 0) { taken[cells.length] -= 1; cells.push(""); } };
    Array.from(row.cells).forEach((cell) => {
      skip();
      const down = cell.rowSpan - 1;
      for (let n = 0; n < cell.colSpan && cells.length < MOST_COLUMNS; n += 1) {
        taken[cells.length] = down;
        cells.push(n ? "" : tidy(cell.textContent));
      }
    });
    skip();
    return cells;
  });
}

// The document is read, never shown: nothing in it is loaded or run.
function fromPage(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!page.querySelector("table")) return "";
  const parts = [];
  let run = "";
  const end = () => { if (tidy(run)) parts.push(tidy(run)); run = ""; };
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      run += node.data;
    } else if (node.nodeName === "TABLE") {
      end();
      parts.push(markdown(rowsOf(node)));
    } else if (node.nodeType === Node.ELEMENT_NODE && !UNSEEN.test(node.nodeName)) {
      const stands = BLOCKS.test(node.nodeName) || node.nodeName === "BR";
      if (stands) end();
      node.childNodes.forEach(read);
      if (stands) end();
    }
  };
  read(page.body);
  end();
  return parts.filter(Boolean).join("\n\n");
}

// Lines that all have the same number of tabs: cells of a sheet, copied as text.
function fromTabs(text) {
  const rows = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").map((line) => line.split("\t").map(tidy));
  const isTable = rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length);
  return isTable ? markdown(rows) : "";
}

function put(area, text) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const before = from === 0 || value.slice(0, from).endsWith("\n\n") ? "" : value.slice(0, from).endsWith("\n") ? "\n" : "\n\n";
  const after = value.slice(to).startsWith("\n") ? "\n" : "\n\n";
  // So that Ctrl+Z takes it back, where the browser can.
  if (document.execCommand("insertText", false, before + text + after)) return;
  area.setRangeText(before + text + after, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

document.querySelectorAll("[data-markdown-editor] textarea").forEach((area) => {
  area.addEventListener("paste", (event) => {
    const table = fromPage(event.clipboardData.getData("text/html")) || fromTabs(event.clipboardData.getData("text/plain"));
    if (!table) return;
    event.preventDefault();
    put(area, table);
  });
});
