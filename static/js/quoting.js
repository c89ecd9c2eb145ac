// “Quote” puts what is marked of a post, or all of it, into the reply at once; without this script the page comes back with the
// whole post quoted in it.

const area = document.querySelector("#write textarea");

function escapedName(name) { // as portal/markup/escaping.py does
  return name.replace(/&(?=#?[0-9A-Za-z]+;)/g, "&amp;").replace(/</g, "&lt;").replace(/[\\[\]*_`>]/g, "\\$&");
}

function quotation(post, text) {
  const lines = ["[" + escapedName(post.dataset.author) + "](/posts/" + post.dataset.post + "):", "", ...text.trim().split("\n")];
  return lines.map((line) => ("> " + line).trimEnd()).join("\n") + "\n\n";
}

if (area) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-quote]");
    const post = link && link.closest("[data-post]");
    if (!post) return;
    event.preventDefault();
    const prose = post.querySelector(".prose");
    const marked = window.getSelection();
    const isHere = marked && !marked.isCollapsed && prose.contains(marked.anchorNode) && prose.contains(marked.focusNode);
    const text = quotation(post, isHere ? marked.toString() : prose.innerText);
    const at = area.value.length;
    area.focus();
    area.setSelectionRange(at, at);
    const gap = !at || area.value.endsWith("\n\n") ? "" : area.value.endsWith("\n") ? "\n" : "\n\n";
    if (!document.execCommand("insertText", false, gap + text)) {
      area.setRangeText(gap + text, at, at, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}
