// What is marked in a text is the part that is taken of it; without this script it is pasted into the field below the text.

document.addEventListener("selectionchange", () => {
  const marked = window.getSelection();
  if (!marked || marked.isCollapsed) return;
  const near = (node) => (node instanceof Element ? node : node.parentElement)?.closest("[data-passage] .prose");
  const prose = near(marked.anchorNode);
  if (!prose || prose !== near(marked.focusNode)) return;
  const passage = prose.closest("[data-passage]");
  passage.querySelector("input[name=chosen]").checked = true;
  passage.querySelector("details").open = true;
  passage.querySelector("textarea").value = marked.toString().trim();
});
