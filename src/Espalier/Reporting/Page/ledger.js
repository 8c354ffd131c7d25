/** The ledger: the steps that produced a model, with the figures after each, and accuracy against time. */

import { chart, element, section } from './dom.js';
import { brief, bytes, change, exact, milliseconds, percent, points } from './format.js';
import { table } from './table.js';

/** Creates the section, or null where no model has a step. */
export function ledgerSection(data) {
    const known = data.models.filter(model => model.ledger.length > 0);
    return known.length === 0 ? null : section('ledger', 'Ledger',
        element('p', { class: 'lead' }, 'The steps that produced the model, oldest first. Changes are relative to the first step that has the figure.'),
        element('div', { class: 'charts' }, ...known.filter(model => model.ledger_chart).map(model => element('div', {}, heading(data, model), chart(model.ledger_chart, `Accuracy of ${model.name} after each step`)))),
        ...known.map(model => element('div', { class: 'ledger' }, heading(data, model), steps(model))));
}

function heading(data, model) {
    return data.models.length > 1 ? element('h3', { class: `model-${data.models.indexOf(model)}` }, model.name) : null;
}

function steps(model) {
    const first = name => model.ledger.find(step => step.results[name] !== undefined)?.results[name];
    const figure = (label, name, text) => ({
        label,
        value: step => step.results[name] ?? null,
        text: (value, step) => value === null ? '' : [text(value), ' ', element('small', {}, name === 'accuracy' ? points(value - first(name)) : change(first(name), value))],
        isNumber: true,
    });
    const columns = [
        { label: 'Step', value: step => `${step.number} ${step.action}` },
        { label: 'What', value: step => step.details, text: (value, step) => what(step) },
        figure('Accuracy', 'accuracy', value => percent(value, 2)),
        figure('ms', 'ms', milliseconds),
        figure('Parameters', 'parameters', brief),
        figure('Not zero', 'non_zeros', brief),
        figure('MACs', 'macs', brief),
        figure('File', 'bytes', bytes),
        figure('Bits each', 'bits', value => String(Number(value.toFixed(2)))),
    ];
    return table(`Steps of ${model.name}`, columns.filter(column => !column.isNumber || model.ledger.some(step => column.value(step) !== null)), model.ledger);
}

const figureNames = new Set(['accuracy', 'ms', 'parameters', 'non_zeros', 'macs', 'effective_macs', 'bytes', 'bits']);

/** The step in words, with all of its settings to unfold. */
function what(step) {
    const others = Object.entries(step.results).filter(([name]) => !figureNames.has(name));
    const all = [...step.settings.map(setting => [setting.name, setting.value]), ...others.map(([name, value]) => [name, exact(value)])];
    return all.length === 0 ? step.details : element('details', {}, element('summary', {}, step.details || `${all.length} settings`),
        element('dl', { class: 'facts small' }, ...all.map(([name, value]) => element('div', {}, element('dt', {}, name.replace(/_/g, ' ')), element('dd', {}, value)))));
}
