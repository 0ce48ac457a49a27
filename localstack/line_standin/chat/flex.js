// Renders a Flex Message as LINE does, near enough to judge its design.
// Sizes are those of LINE's Flex Message documentation. Everything a message says is text.

const BUBBLE_WIDTH = {
  nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386,
};
const TEXT_SIZE = {
  xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74,
};
const STEP = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const ALIGN = { start: "start", center: "center", end: "end" };
const GRAVITY = { top: "start", center: "center", bottom: "end" };

export function renderFlex(contents) {
  if (contents.type !== "carousel") return renderBubble(contents);
  const carousel = element("div", "flex-carousel");
  carousel.append(...contents.contents.map(renderBubble));
  return carousel;
}

function renderBubble(bubble) {
  const node = element("div", "flex-bubble");
  node.style.width = `${BUBBLE_WIDTH[bubble.size] ?? BUBBLE_WIDTH.mega}px`;
  node.dir = bubble.direction === "rtl" ? "rtl" : "ltr";
  for (const name of ["header", "hero", "body", "footer"]) {
    if (!bubble[name]) continue;
    const block = renderComponent(bubble[name], "vertical");
    if (name !== "hero") block.classList.add("flex-block", name);
    node.append(block);
  }
  return node;
}

const RENDERERS = { box, text, button, separator, filler };

function renderComponent(component, layout) {
  const render = RENDERERS[component.type];
  const node = render ? render(component, layout) : element("div", "flex-unknown");
  const horizontal = layout !== "vertical";
  const share = component.flex ?? (horizontal && component.type !== "separator" ? 1 : 0);
  node.style.flex = share > 0 ? `${share} ${share} 0` : "0 0 auto";
  if (component.margin) {
    node.style[horizontal ? "marginInlineStart" : "marginBlockStart"] = length(component.margin);
  }
  return node;
}

function box(component) {
  const node = link(component.action, "div", `flex-box ${component.layout}`);
  const style = node.style;
  if (component.backgroundColor) style.backgroundColor = component.backgroundColor;
  if (component.borderColor) style.border = `1px solid ${component.borderColor}`;
  if (component.borderWidth) style.borderWidth = length(component.borderWidth);
  if (component.cornerRadius) style.borderRadius = length(component.cornerRadius);
  if (component.width) style.width = component.width;
  if (component.height) style.height = component.height;
  if (component.justifyContent) style.justifyContent = component.justifyContent;
  if (component.alignItems) style.alignItems = component.alignItems;
  if (component.spacing) style.gap = length(component.spacing);
  const paddings = {
    paddingAll: "padding", paddingTop: "paddingBlockStart", paddingBottom: "paddingBlockEnd",
    paddingStart: "paddingInlineStart", paddingEnd: "paddingInlineEnd",
  };
  for (const [name, property] of Object.entries(paddings)) {
    if (component[name]) style[property] = length(component[name]);
  }
  node.append(...component.contents.map((child) => renderComponent(child, component.layout)));
  return node;
}

function text(component) {
  const node = link(component.action, "div", "flex-text");
  node.textContent = component.text ?? "";
  for (const span of component.contents ?? []) {
    const part = element("span");
    part.textContent = span.text ?? "";
    styleText(part, span);
    node.append(part);
  }
  styleText(node, { size: "md", ...component });
  node.style.textAlign = ALIGN[component.align] ?? "start";
  if (component.gravity) node.style.alignSelf = GRAVITY[component.gravity];
  if (component.flex === 0) node.classList.add("fixed");
  if (component.wrap) node.classList.add("wrap");
  if (component.maxLines) {
    node.classList.add("clamp");
    node.style.setProperty("-webkit-line-clamp", String(component.maxLines));
  }
  return node;
}

function styleText(node, component) {
  if (component.size) {
    const size = TEXT_SIZE[component.size];
    node.style.fontSize = size ? `${size / 16}rem` : component.size;
  }
  if (component.color) node.style.color = component.color;
  if (component.weight === "bold") node.style.fontWeight = "700";
  if (component.style === "italic") node.style.fontStyle = "italic";
  if (component.decoration) node.style.textDecoration = component.decoration;
}

function button(component) {
  const node = link(component.action, "div", "flex-button");
  const style = component.style ?? "link";
  node.textContent = component.action?.label ?? "";
  node.style.minHeight = component.height === "sm" ? "40px" : "52px";
  node.style.color = { primary: "#ffffff", secondary: "#111111" }[style] ?? "#42659a";
  if (style === "link") {
    if (component.color) node.style.color = component.color;
  } else {
    const fallback = style === "primary" ? "#17c950" : "#dcdfe5";
    node.style.backgroundColor = component.color ?? fallback;
  }
  return node;
}

function separator(component, layout) {
  const node = element("div", "flex-separator");
  node.style[layout === "vertical" ? "height" : "width"] = "1px";
  if (component.color) node.style.backgroundColor = component.color;
  return node;
}

function filler() {
  return element("div");
}

// Only web addresses become links; whatever else an action holds is shown, not followed.
function link(action, tag, className) {
  if (action?.type !== "uri" || !/^https?:\/\//i.test(action.uri)) return element(tag, className);
  const node = element("a", className);
  node.href = action.uri;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

function length(value) {
  return value in STEP ? `${STEP[value]}px` : value;
}

function element(tag, className = "") {
  const node = document.createElement(tag);
  node.className = className;
  return node;
}
