/** The photos as a row of small pictures with the best answer of each; one is open. */

import { element } from './dom.js';
import { percent } from './format.js';

/** Creates the row. */
export function createStrip(onopen) {
    const root = element('ul', { class: 'strip', 'aria-label': 'Photos' });
    const items = new Map();
    return {
        root,
        /** Adds a photo. */
        add(photo) {
            const text = element('span', { class: 'best' }, '…');
            const button = element('button', { type: 'button', title: photo.name, onclick: () => onopen(photo) }, element('img', { src: photo.url, alt: '' }), element('span', { class: 'file' }, photo.name), text);
            items.set(photo, { item: element('li', {}, button), button, text });
            root.append(items.get(photo).item);
        },
        remove(photo) {
            items.get(photo).item.remove();
            items.delete(photo);
        },
        /** Marks the open photo. */
        open(photo) {
            items.forEach(({ button }, each) => each === photo ? button.setAttribute('aria-current', 'true') : button.removeAttribute('aria-current'));
        },
        /** Writes the best answer of a model under a photo. */
        async answer(photo, model) {
            const item = items.get(photo);
            const { text, button } = item;
            item.model = model;
            text.textContent = '…';
            try {
                const [best] = (await photo.classify(model)).answer.predictions;
                if (item.model !== model) {
                    return; // another one was chosen meanwhile
                }

                text.textContent = `${best.label} ${percent(best.probability, 0)}`;
                button.classList.remove('refused');
            } catch {
                text.textContent = 'no answer';
                button.classList.add('refused');
            }
        },
    };
}
