/** How photos come in: dropped anywhere on the page, pasted, or chosen. */

import { element } from './dom.js';

/** Creates the place for photos; calls onfiles with a list of files. */
export function createIntake(onfiles) {
    const input = element('input', { type: 'file', id: 'choose', accept: 'image/jpeg,image/png', multiple: true, onchange: () => {
        onfiles([...input.files]);
        input.value = '';
    } });
    const root = element('label', { class: 'intake', for: 'choose' }, input,
        element('strong', {}, 'Drop photos here'),
        element('span', { class: 'quiet' }, 'or choose files, or paste one. JPEG or PNG.'),
        element('span', { class: 'button', 'aria-hidden': 'true' }, 'Choose photos'));
    let depth = 0; // enters of children come before leaves of their parents
    const hover = change => {
        depth = change === 0 ? 0 : depth + change;
        document.documentElement.classList.toggle('dropping', depth > 0);
    };
    const carriesFiles = event => event.dataTransfer?.types.includes('Files');
    addEventListener('dragenter', event => carriesFiles(event) && hover(1));
    addEventListener('dragleave', event => carriesFiles(event) && hover(-1));
    addEventListener('dragover', event => carriesFiles(event) && event.preventDefault());
    addEventListener('drop', event => {
        if (carriesFiles(event)) {
            event.preventDefault();
            hover(0);
            onfiles([...event.dataTransfer.files]);
        }
    });
    addEventListener('paste', event => {
        const files = [...event.clipboardData?.files ?? []];
        if (files.length > 0) {
            event.preventDefault();
            onfiles(files);
        }
    });
    return root;
}
