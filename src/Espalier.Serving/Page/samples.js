/** The training images of the current epoch as the network gets them. */

import { element, section } from './dom.js';
import { percent } from './format.js';

const pause = 5000; // milliseconds between two requests

/** The section, and what it is told: the current epoch, with every step. */
export function samplesSection() {
    const list = element('ul', { class: 'samples' });
    const note = element('p', { class: 'quiet' }, 'Images come with the first step.');
    const node = section('augmentation', 'Augmentation', note, list);
    let shown = 0;
    let wanted = 0;
    let waits = false;

    function refresh(epoch) {
        wanted = epoch;
        if (wanted !== shown && !waits) {
            waits = true;
            load();
        }
    }

    async function load() {
        let again = false;
        try {
            const response = await fetch('v1/training/samples');
            const answer = await response.json();
            if (!response.ok) {
                throw new Error(answer.error);
            }

            shown = answer.epoch;
            again = true;
            note.textContent = `Training images of epoch ${shown} as the network gets them.`;
            list.replaceChildren(...answer.samples.map((sample, place) => item(sample, place + 1)));
        } catch (error) {
            note.textContent = `The images cannot be shown: ${error.message}`;
        } finally {
            setTimeout(() => {
                waits = false;
                if (again) {
                    refresh(wanted);
                }
            }, pause);
        }
    }

    return { node, refresh };
}

function item({ classes, png }, place) {
    const name = classes.length === 1 ? classes[0].label : classes.map(({ label, fraction }) => `${percent(fraction, 0)} ${label}`).join(', ');
    return element('li', {}, element('figure', {}, element('img', { src: `data:image/png;base64,${png}`, alt: `Training image ${place}` }), element('figcaption', { title: name }, name)));
}
