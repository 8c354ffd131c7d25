/** Explanations of sample images: pictures with captions and numbers. */

import { element, section } from './dom.js';
import { decimal } from './format.js';

/** Creates the section, or null where there are none. */
export function explanationsSection(data) {
    return data.explanations.length === 0 ? null : section('explanations', 'Explanations', element('div', { class: 'explanations' }, ...data.explanations.map(each => element('figure', {},
        each.image && element('img', { src: each.image, alt: each.title }),
        element('figcaption', {}, element('h3', {}, each.title), each.caption && element('p', {}, each.caption),
            each.numbers.length > 0 && element('dl', { class: 'facts small' }, ...each.numbers.map(({ name, value }) => element('div', {}, element('dt', {}, name), element('dd', {}, decimal(value, 4))))))))));
}
