/** The head of the report: names and figures of one network, or of two with what has changed. */

import { element, section } from './dom.js';
import { brief, bytes, change, decimal, exact, extents, isSparse, milliseconds, percent, points, sparsity } from './format.js';

/** The figures that a model has: { label, value, text, exact, smaller }; smaller says whether less is better, where anything is. */
function figuresOf(model) {
    const zeros = isSparse(model) ? sparsity(model.parameters, model.non_zeros) : 0;
    const accuracy = model.evaluation ? model.evaluation.top1 : model.ledger.findLast(step => step.results.accuracy !== undefined)?.results.accuracy ?? null;
    return [
        { label: 'Parameters', value: model.parameters, text: brief(model.parameters), exact: exact(model.parameters) },
        { label: 'Not zero', value: model.non_zeros, text: zeros > 0 ? brief(model.non_zeros) : '', exact: exact(model.non_zeros), note: zeros > 0 ? `${percent(zeros)} zeros` : '' },
        { label: 'MACs', value: model.macs, text: brief(model.macs), exact: exact(model.macs) },
        { label: 'MACs, not zero', value: model.effective_macs, text: zeros > 0 ? brief(model.effective_macs) : '', exact: exact(model.effective_macs) },
        { label: 'Model file', value: model.file_bytes, text: bytes(model.file_bytes), exact: `${exact(model.file_bytes)} bytes` },
        { label: 'Bits per parameter', value: model.bits_per_parameter, text: decimal(model.bits_per_parameter, 3) },
        { label: 'Depth', value: model.depth, text: exact(model.depth), note: 'layers with weights' },
        { label: 'Time for one image', value: model.ms ?? null, text: model.ms ? `${milliseconds(model.ms)} ms` : '', note: 'median, one thread' },
        { label: 'Top-1 accuracy', value: accuracy, text: percent(accuracy, 2), note: model.evaluation ? `${exact(model.evaluation.count)} images` : 'as recorded', isShare: true },
    ];
}

/** Creates the head. */
export function head(data) {
    const { models } = data;
    const title = element('header', { class: 'title' },
        element('h1', {}, ...models.flatMap((model, place) => [place > 0 && element('span', { class: 'against' }, ' and '), element('span', { class: models.length > 1 ? `model-${place}` : null }, model.name)])),
        ...models.map(model => element('p', { class: 'lead' }, sentence(model, models.length > 1))));
    return element('section', { id: 'figures', 'aria-label': 'Figures' }, title, models.length === 1 ? single(figuresOf(models[0])) : pair(models));
}

function sentence(model, named) {
    const architecture = model.architecture && model.architecture !== model.name ? `${model.architecture}, ` : '';
    return `${named ? `${model.name}: ` : ''}${architecture}${extents(model.input)} to ${model.outputs.map(extents).join(' and ')}${model.labels.length > 0 ? ` classes, from ${model.labels[0]} to ${model.labels.at(-1)}` : ''}.`;
}

function single(figures) {
    return element('dl', { class: 'figures' }, ...figures.filter(figure => figure.text !== '').map(figure =>
        element('div', {}, element('dt', {}, figure.label), element('dd', { title: figure.exact }, figure.text, figure.note && element('small', {}, figure.note)))));
}

function pair(models) {
    const [first, second] = models.map(figuresOf);
    const rows = first.map((figure, i) => [figure, second[i]]).filter(([a, b]) => a.text !== '' || b.text !== '');
    const text = figure => figure.text || (figure.value !== null && figure.value !== undefined ? figure.isShare ? percent(figure.value, 2) : brief(figure.value) : '–');
    const difference = (a, b) => a.isShare && a.value !== null && b.value !== null ? points(b.value - a.value, ' points') : change(a.value, b.value);
    return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Figures of both networks' }, element('table', { class: 'pair' },
        element('caption', {}, 'Figures of both networks'),
        element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Figure'), ...models.map((model, place) => element('th', { scope: 'col', class: `number model-${place}` }, model.name)), element('th', { scope: 'col', class: 'number' }, 'Change'))),
        element('tbody', {}, ...rows.map(([a, b]) => element('tr', {},
            element('th', { scope: 'row' }, a.label), element('td', { class: 'number', title: a.exact }, text(a)), element('td', { class: 'number', title: b.exact }, text(b)), element('td', { class: 'number' }, difference(a, b)))))));
}

/** The section about input and output: preprocessing and labels. */
export function inputSection(data) {
    return section('input', 'Input and classes', ...data.models.map((model, place) => element('div', { class: 'prepared' },
        data.models.length > 1 && element('h3', { class: `model-${place}` }, model.name),
        element('dl', { class: 'facts' }, ...facts(model).map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))),
        model.labels.length > 0 && element('details', {}, element('summary', {}, `${exact(model.labels.length)} classes`), element('ol', { class: 'labels', start: 0 }, ...model.labels.map(label => element('li', {}, label)))))));
}

function facts(model) {
    const prepared = model.preprocessing;
    const list = values => values.map(value => decimal(value, 4)).join(', ');
    return [
        ['Input', extents(model.input)],
        ['Output', model.outputs.map(extents).join(' and ')],
        ...prepared === null ? [['Preprocessing', 'not recorded']] : [
            ['Resize', prepared.resize !== null ? `shorter side to ${prepared.resize} pixels, ${prepared.interpolation}` : prepared.stretch !== null ? `to ${extents(prepared.stretch)} pixels, ${prepared.interpolation}` : 'none'],
            ['Crop', prepared.crop !== null ? `${extents(prepared.crop)} pixels at the centre` : 'none'],
            ['Mean', list(prepared.mean)],
            ['Standard deviation', list(prepared.deviation)],
        ],
    ];
}
