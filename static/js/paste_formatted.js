// What is pasted from Word, Excel or a web page keeps its headings, bold words, lists, links and tables, as Markdown.

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
  const line = (cells) => "| " + Array.from({ length: width }, (_, n) => (cells[n] || "").replace(/\|/g, "\\|")).join(" | ") + " |";
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
        cells.push(n ? "" : lineOf(wordsOf(cell, PLAIN)));
      }
    });
    skip();
    return cells;
  });
}

function isStyled(node, pattern) {
  return pattern.test(node.getAttribute("style") || "");
}

// What an element changes about the words in it; Google Docs says all of it in styles, and wraps everything in a <b> that is none.
function marksOf(node, marks) {
  const name = node.nodeName;
  const href = name === "A" ? node.getAttribute("href") || "" : "";
  return {
    bold: isStyled(node, /font-weight:\s*(normal|400)/) ? false : marks.bold || /^(B|STRONG)$/.test(name) || isStyled(node, /font-weight:\s*(bold|[6-9]00)/),
    italic: isStyled(node, /font-style:\s*normal/) ? false : marks.italic || /^(I|EM)$/.test(name) || isStyled(node, /font-style:\s*italic/),
    href: /^(https?:|mailto:)/i.test(href) ? href.replace(/[\s()<>\\]/g, (sign) => "%" + sign.charCodeAt(0).toString(16)) : marks.href,
  };
}

const PLAIN = { bold: false, italic: false, href: "" };

// The words below a node as [{text, bold, italic, href}]; what `apart` says yes to is left out.
function wordsOf(node, marks, apart = () => false) {
  if (node.nodeType === Node.TEXT_NODE) return [{ ...marks, text: node.data }];
  if (node.nodeType !== Node.ELEMENT_NODE || UNSEEN.test(node.nodeName) || apart(node) || isStyled(node, WORDS_MARKER)) return [];
  if (node.nodeName === "BR") return [{ ...PLAIN, text: " " }];
  const inside = marksOf(node, marks);
  const words = Array.from(node.childNodes).flatMap((child) => wordsOf(child, inside, apart));
  return BLOCKS.test(node.nodeName) ? [{ ...PLAIN, text: " " }, ...words, { ...PLAIN, text: " " }] : words;
}

function escapeSigns(text) {
  return text.replace(/[\\`*_[\]]/g, "\\$&");
}

// Words as one line of Markdown; the signs stand close to the words that they mark.
function lineOf(words) {
  const runs = [];
  words.forEach((word) => {
    const last = runs[runs.length - 1];
    if (last && last.bold === word.bold && last.italic === word.italic && last.href === word.href) last.text += word.text;
    else runs.push({ ...word });
  });
  return tidy(runs.map(({ text, bold, italic, href }) => {
    const [, before, core, after] = /^(\s*)([^]*?)(\s*)$/.exec(text);
    if (!core) return text;
    const sign = (bold ? "**" : "") + (italic ? "*" : "");
    const marked = sign + escapeSigns(tidy(core)) + sign.split("").reverse().join("");
    return before + (href ? "[" + marked + "](" + href + ")" : marked) + after;
  }).join(""));
}

const WORDS_LIST = /mso-list:\s*l\d+\s+level(\d)/i; // how Word says that a paragraph is an item of a list
const WORDS_MARKER = /mso-list:\s*ignore/i; // and that these words are its number
const LISTS = /^(UL|OL)$/;
const FORMAT = "h1, h2, h3, h4, h5, h6, b, strong, i, em, ul, ol, table, a[href], [style*='mso-list'], [style*='font-weight'], [style*='font-style']";
const MOST_LEVELS = 6;

function isApart(node) {
  return LISTS.test(node.nodeName) || node.nodeName === "TABLE";
}

// The document is read, never shown: nothing in it is loaded or run, and nothing of it goes into a page but text.
function fromPage(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!page.querySelector(FORMAT)) return [];
  const parts = []; // {text, isItem}
  let words = [];
  let numbers = []; // of Word's lists, by level
  const add = (text, isItem = false) => {
    if (!text.trim()) return;
    if (!isItem) numbers = [];
    parts.push({ text, isItem });
  };
  const end = () => {
    if (words.length) add(lineOf(words).replace(/^(#{1,6} |>)/, "\\$1"));
    words = [];
  };
  const item = (level, marker, text) => { if (text) add("    ".repeat(Math.min(level, MOST_LEVELS)) + marker + " " + text, true); };

  function readList(list, level) {
    let number = list.nodeName === "OL" ? Number(list.getAttribute("start")) || 1 : 0;
    Array.from(list.children).forEach((child) => {
      if (LISTS.test(child.nodeName)) { readList(child, level + 1); return; } // as old programs write it
      item(level, number ? number + "." : "-", lineOf(wordsOf(child, PLAIN, isApart)));
      if (number) number += 1;
      child.querySelectorAll("ul, ol, table").forEach((inner) => {
        if (inner.parentElement.closest("ul, ol, table") !== list) return;
        if (inner.nodeName === "TABLE") add(markdown(rowsOf(inner)));
        else readList(inner, level + 1);
      });
    });
  }

  function readWordsItem(node, level) {
    const marker = Array.from(node.querySelectorAll("[style]")).find((one) => isStyled(one, WORDS_MARKER));
    numbers.length = Math.min(numbers.length, level + 1);
    numbers[level] = (numbers[level] || 0) + 1;
    const isNumbered = marker && /[0-9๐-๙a-zก-ฮ][.)]/i.test(marker.textContent);
    item(level, isNumbered ? numbers[level] + "." : "-", lineOf(wordsOf(node, PLAIN)));
  }

  function read(node, marks) {
    const name = node.nodeName;
    if (node.nodeType === Node.TEXT_NODE) { words.push({ ...marks, text: node.data }); return; }
    if (node.nodeType !== Node.ELEMENT_NODE || UNSEEN.test(name)) return;
    const level = WORDS_LIST.exec(node.getAttribute("style") || "");
    if (!BLOCKS.test(name) && name !== "BR" && name !== "TABLE") {
      node.childNodes.forEach((child) => read(child, marksOf(node, marks)));
      return;
    }
    end();
    if (name === "TABLE") add(markdown(rowsOf(node)));
    else if (/^H[1-6]$/.test(name)) {
      const text = lineOf(wordsOf(node, PLAIN).map((word) => ({ ...word, bold: false, italic: false })));
      if (text) add("#".repeat(Number(name[1])) + " " + text);
    } else if (LISTS.test(name)) readList(node, 0);
    else if (level) readWordsItem(node, Number(level[1]) - 1);
    else node.childNodes.forEach((child) => read(child, marksOf(node, marks)));
    end();
  }

  read(page.body, PLAIN);
  end();
  return parts;
}

function joined(parts) {
  return parts.map(({ text, isItem }, n) => (n ? (isItem && parts[n - 1].isItem ? "\n" : "\n\n") : "") + text).join("");
}

// Lines that all have the same number of tabs: cells of a sheet, copied as text.
function fromTabs(text) {
  const rows = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").map((line) => line.split("\t").map((cell) => escapeSigns(tidy(cell))));
  const isTable = rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length);
  return isTable ? markdown(rows) : "";
}

function put(area, text, isBlock) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const before = !isBlock || from === 0 || value.slice(0, from).endsWith("\n\n") ? "" : value.slice(0, from).endsWith("\n") ? "\n" : "\n\n";
  const after = !isBlock ? "" : value.slice(to).startsWith("\n") ? "\n" : "\n\n";
  // So that Ctrl+Z takes it back, where the browser can.
  if (document.execCommand("insertText", false, before + text + after)) return;
  area.setRangeText(before + text + after, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

document.querySelectorAll("[data-markdown-editor] textarea").forEach((area) => {
  area.addEventListener("paste", (event) => {
    const parts = fromPage(event.clipboardData.getData("text/html"));
    const text = joined(parts) || fromTabs(event.clipboardData.getData("text/plain"));
    if (!text) return;
    event.preventDefault();
    const isWordsOfALine = parts.length === 1 && !/^(#|\||\s*(-|\d+\.) )/.test(text);
    put(area, text, !isWordsOfALine);
  });
});
