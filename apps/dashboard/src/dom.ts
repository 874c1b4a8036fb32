// Building blocks of the pages. Text goes in as text nodes only, never as markup, so data cannot become script.

export type Child = Node | string | null | undefined | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/** An HTML element. `true` sets an empty attribute; `false`, null and undefined leave it out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element; geometry goes into attributes, looks into classes, because the CSP forbids style attributes. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
}

/** The element with this id, which the page's HTML promises to have. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element #${id}.`);
  return element;
}

/**
 * Replaces only when something changed, so that a refresh does not flicker. What the reader has opened stays open and what
 * was scrolled stays scrolled, as far as old and new have the same parts.
 */
export function replaceIfChanged(old: Element, fresh: Element): Element {
  const [oldDetails, freshDetails] = [all(old, 'details'), all(fresh, 'details')];
  if (oldDetails.length === freshDetails.length)
    freshDetails.forEach((part, index) => part.toggleAttribute('open', oldDetails[index]?.hasAttribute('open')));
  if (old.isEqualNode(fresh)) return old;
  const [oldRegions, freshRegions] = [all(old, '.scroll-region'), all(fresh, '.scroll-region')];
  const scrolled = oldRegions.map(({ scrollLeft, scrollTop }) => ({ left: scrollLeft, top: scrollTop }));
  old.replaceWith(fresh);
  if (oldRegions.length === freshRegions.length)
    freshRegions.forEach((region, index) => region.scrollTo({ ...scrolled[index], behavior: 'instant' }));
  return fresh;
}

function all(element: Element, selector: string): Element[] {
  return [...element.querySelectorAll(selector)];
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  appendAll(element, children);
  return element;
}

function appendAll(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined) continue;
    if (typeof child === 'string' || child instanceof Node) element.append(child);
    else appendAll(element, child);
  }
}
