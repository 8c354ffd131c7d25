/** The models of the server, with a link to the report of each. */

import { element, section } from './dom.js';
import { brief, bytes, exact, extents } from './format.js';
import { getFile, hasToken } from './server.js';

/** Creates the section. */
export function modelsSection(models) {
    const rows = models.map(model => element('tr', {},
        element('th', { scope: 'row' }, model.name), element('td', {}, String(model.version)), element('td', {}, model.architecture), element('td', { class: 'number' }, extents(model.input)),
        element('td', { class: 'number' }, exact(model.classes)), element('td', { class: 'number', title: exact(model.parameters) }, brief(model.parameters)), element('td', { class: 'number', title: exact(model.macs) }, brief(model.macs)),
        element('td', { class: 'number' }, bytes(model.file_bytes)), element('td', {}, reportLink(model))));
    const headings = [['Model'], ['Version'], ['Architecture'], ['Input', true], ['Classes', true], ['Parameters', true], ['MACs', true], ['File', true], ['Report']];
    return section('models', 'Models', element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Models of this server' }, element('table', {},
        element('caption', { class: 'only-read' }, 'Models of this server'),
        element('thead', {}, element('tr', {}, ...headings.map(([name, isNumber]) => element('th', { scope: 'col', class: isNumber ? 'number' : null }, name)))),
        element('tbody', {}, ...rows))));
}

/** A browser sends no token for a link, so that the report is then fetched and saved. */
function reportLink(model) {
    const address = `v1/report?${new URLSearchParams({ model: model.name, version: model.version })}`;
    const name = element('span', { class: 'only-read' }, ` of ${model.name}`);
    return hasToken() ? element('button', { type: 'button', onclick: event => save(event.currentTarget, address, `${model.name}.html`) }, 'Save report', name) : element('a', { href: address }, 'Report', name);
}

async function save(button, address, file) {
    button.disabled = true;
    try {
        const url = URL.createObjectURL(await getFile(address));
        element('a', { href: url, download: file }).click();
        setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
        button.after(element('p', { class: 'error', role: 'alert' }, `No report: ${error.message}.`));
    }

    button.disabled = false;
}
