/**
 * What is wrong with the layout of the page: text that is cut, that leaves the window or its box, or that lies over other text.
 * Returns sentences, none where all is well. What scrolls may be larger than its box.
 */
() => {
  const found = [];
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const hidden = (element) =>
    !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest(".visually-hidden, .skip, option, svg");
  const name = (element) => `<${element.tagName.toLowerCase()} class="${element.className}"> “${element.textContent.trim().slice(0, 40)}”`;
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || hidden(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5 && box.height > 0.5);
    const ancestors = [];
    for (let at = element; at && at !== document.body; at = at.parentElement) ancestors.push(at);
    const scroller = ancestors.find(scrolls);
    for (const box of boxes) {
      texts.push({ element, box, scroller, layer: ancestors.find((at) => /fixed|sticky|absolute/.test(getComputedStyle(at).position)) });
      if (!scroller && (box.left < -0.5 || box.right > innerWidth + 0.5)) found.push(`${name(element)} leaves the window`);
      for (const at of scroller ? ancestors.slice(0, ancestors.indexOf(scroller)) : ancestors) {
        const frame = at.getBoundingClientRect();
        const style = getComputedStyle(at);
        if (style.display === "inline" || style.display === "contents") continue;
        if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(`${name(element)} leaves ${name(at)}`);
        const cuts = style.overflowY !== "visible" && !/auto|scroll/.test(style.overflowY);
        if (cuts && (box.top < frame.top - 1 || box.bottom > frame.bottom + 1)) found.push(`${name(element)} is cut by ${name(at)}`);
      }
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} pixels wide`);
  texts.sort((one, other) => one.box.top - other.box.top);
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      if (other.box.top > one.box.bottom - 2) break;
      if (one.element === other.element || one.scroller !== other.scroller || one.layer !== other.layer) continue;
      const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (width > 2 && height > 0.4 * Math.min(one.box.height, other.box.height)) found.push(`${name(one.element)} lies over ${name(other.element)}`);
    }
  }
  for (const input of document.querySelectorAll("button, .button, input, select")) {
    if (!hidden(input) && input.scrollWidth > input.clientWidth + 2 && input.tagName !== "INPUT") found.push(`${name(input)} is wider than its box`);
  }
  return [...new Set(found)];
}
