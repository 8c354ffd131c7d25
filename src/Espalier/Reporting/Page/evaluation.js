/** The evaluation on labelled images: accuracy, classes, and which are taken for which. */

import { element, section } from './dom.js';
import { decimal, exact, percent } from './format.js';
import { table } from './table.js';

const mostOfMatrix = 24; // classes of a confusion matrix that can still be read

/** Creates the section, or null where nothing was evaluated. */
export function evaluationSection(data) {
    const known = data.models.filter(model => model.evaluation);
    return known.length === 0 ? null : section('evaluation', 'Evaluation', ...known.map(model => element('div', { class: 'evaluation' },
        data.models.length > 1 && element('h3', { class: `model-${data.models.indexOf(model)}` }, model.name),
        summary(model.evaluation),
        element('div', { class: 'beside' }, classes(model), model.evaluation.classes.length <= mostOfMatrix && model.evaluation.confusions_left_out === 0 ? matrix(model) : confusions(model)))));
}

function summary(evaluation) {
    const figures = [
        ['Top-1 accuracy', percent(evaluation.top1, 2), `${exact(evaluation.top1_correct)} of ${exact(evaluation.count)}`],
        ['Top-5 accuracy', evaluation.classes.length > 5 ? percent(evaluation.top5, 2) : '', `${exact(evaluation.top5_correct)} of ${exact(evaluation.count)}`],
        ['Loss', decimal(evaluation.loss, 4), 'mean cross-entropy'],
        ['Calibration error', percent(evaluation.calibration_error, 2), '15 bins'],
        ['Not readable', evaluation.unreadable > 0 ? exact(evaluation.unreadable) : '', 'images'],
    ];
    return element('dl', { class: 'figures' }, ...figures.filter(([, text]) => text !== '').map(([label, text, note]) => element('div', {}, element('dt', {}, label), element('dd', {}, text, element('small', {}, note)))));
}

function classes(model) {
    const share = (label, name) => ({ label, value: row => row[name], text: value => percent(value), isNumber: true, bar: true });
    return table(`Classes of ${model.name}`, [
        { label: 'Class', value: row => row.label },
        { label: 'Images', value: row => row.images, text: exact, isNumber: true },
        { label: 'Predicted', value: row => row.predicted, text: exact, isNumber: true },
        share('Precision', 'precision'),
        share('Recall', 'recall'),
        share('F1', 'f1'),
    ], model.evaluation.classes);
}

function confusions(model) {
    const { classes: names, confusions: pairs, confusions_left_out: more } = model.evaluation;
    return table(more > 0 ? `The ${exact(pairs.length)} most frequent confusions; ${exact(more)} rarer pairs are left out` : 'Confusions', [
        { label: 'Class', value: row => names[row[0]].label },
        { label: 'Taken for', value: row => names[row[1]].label },
        { label: 'Images', value: row => row[2], text: exact, isNumber: true, bar: true },
    ], pairs);
}

function matrix(model) {
    const { classes: names, confusions: pairs } = model.evaluation;
    const counts = new Map(pairs.map(([truth, predicted, count]) => [`${truth} ${predicted}`, count]));
    const cell = (truth, predicted) => {
        const count = truth === predicted ? names[truth].correct : counts.get(`${truth} ${predicted}`) ?? 0;
        const content = element('td', { class: truth === predicted ? 'right' : count > 0 ? 'wrong' : null }, count > 0 ? exact(count) : '');
        content.style.setProperty('--share', names[truth].images > 0 ? (count / names[truth].images).toFixed(3) : '0');
        return content;
    };
    return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Confusion matrix of ${model.name}` }, element('table', { class: 'matrix' },
        element('caption', {}, 'Confusion matrix: a row for each class, a column for what it was taken for'),
        element('thead', {}, element('tr', {}, element('td'), ...names.map(({ label }) => element('th', { scope: 'col' }, element('span', {}, label))))),
        element('tbody', {}, ...names.map(({ label }, truth) => element('tr', {}, element('th', { scope: 'row' }, label), ...names.map((_, predicted) => cell(truth, predicted)))))));
}
