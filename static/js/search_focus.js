// "/" puts the cursor into the search box of the page, Escape leaves it again.
// The modules are written for browsers from 2019 (Chrome 76): no ?. or ??, no replaceChildren.

const box = document.getElementById("search-box");

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

if (box) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "Escape" && event.target === box) {
      box.blur();
    }
  });
}
