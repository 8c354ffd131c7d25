/** Elements of the page. Text from the data becomes text nodes and attributes, never markup. */

const svgNamespace = 'http://www.w3.org/2000/svg';

function fill(target, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined || value === null || value === false) {
            continue;
        }

        if (name.startsWith('on')) {
            target.addEventListener(name.slice(2), value);
        } else {
            target.setAttribute(name, value === true ? '' : value);
        }
    }

    target.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
    return target;
}

/** Creates an HTML element: attributes (those that begin with "on" are listeners), then children, of which null is left out. */
export function element(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function shape(name, attributes = {}, ...children) {
    return fill(document.createElementNS(svgNamespace, name), attributes, children);
}

/** A chart that the library has drawn, with a name for screen readers. */
export function chart(text, name) {
    const drawing = document.importNode(new DOMParser().parseFromString(text, 'image/svg+xml').documentElement, true);
    drawing.removeAttribute('width');
    drawing.removeAttribute('height');
    drawing.setAttribute('role', 'img');
    drawing.setAttribute('aria-label', name);
    return element('div', { class: 'chart' }, drawing);
}

/** A section with a heading; its id is the target of the contents. */
export function section(id, title, ...children) {
    return element('section', { id, 'aria-labelledby': `${id}-title` }, element('h2', { id: `${id}-title` }, title), ...children);
}

/** A choice of one among several words. */
export function choice(label, words, chosen, onchange) {
    const select = element('select', { onchange: event => onchange(event.target.value) }, ...words.map(([value, text]) => element('option', { value, selected: value === chosen }, text)));
    return element('label', { class: 'field' }, element('span', {}, label), select);
}
