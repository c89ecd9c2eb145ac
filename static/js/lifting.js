// What is marked in a text is the part that is taken of it; without this script it is pasted into the field below the text.

function take(passage, text) {
  passage.querySelector("input[name=chosen]").checked = true;
  passage.querySelector("details").open = true;
  passage.querySelector("textarea").value = text;
}

const begun = JSON.parse(sessionStorage.getItem("lift") || "null"); // see lift_marked.js
sessionStorage.removeItem("lift");
const first = begun && document.querySelector('[data-passage="' + CSS.escape(begun.passage) + '"]');
if (first) take(first, begun.text);

document.addEventListener("selectionchange", () => {
  const marked = window.getSelection();
  if (!marked || marked.isCollapsed) return;
  const near = (node) => (node instanceof Element ? node : node.parentElement)?.closest("[data-passage] .prose");
  const prose = near(marked.anchorNode);
  if (!prose || prose !== near(marked.focusNode)) return;
  take(prose.closest("[data-passage]"), marked.toString().trim());
});
