/** Watches a training: figures after each step, curves and a table after each epoch, as the events come; and augmented training images. */

import { chart, element, section } from './dom.js';
import { decimal, exact, percent } from './format.js';
import { samplesSection } from './samples.js';
import { themeButton } from './theme.js';

const headings = ['Epoch', 'Loss', 'Accuracy', 'Validation loss', 'Validation accuracy', 'Images/s'];
const title = element('h1', {}, 'Training');
const state = element('p', { class: 'lead', role: 'status' }, 'Waiting for the training …');
const bar = element('progress', { class: 'training', max: 1, value: 0, 'aria-label': 'Steps' });
const figures = element('dl', { class: 'figures' });
const charts = element('div', { class: 'charts' });
const body = element('tbody');
const prunings = element('tbody');
const augmentation = samplesSection();
const pruning = section('pruning', 'Pruning', table('Pruning steps, the last one first', ['Step', 'Epoch', 'Sparsity', 'Masked weights', 'Weights'], prunings));

function showStep(step) {
    const entries = [
        ['Epoch', `${step.epoch} of ${step.epochs}`], ['Step', `${exact(step.step)} of ${exact(step.steps)}`], ['Loss', loss(step.loss)], ['Accuracy', percent(step.accuracy)],
        ['Learning rate', decimal(step.rate, 3)], ['Images per second', exact(Math.round(step.images_per_second))], ['Left', duration(step.seconds_left)],
    ];
    figures.replaceChildren(...entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
    bar.value = step.step / step.steps;
    augmentation.refresh(step.epoch);
    document.title = `${percent(step.step / step.steps, 0)} · Training`;
}

function showCharts({ charts: drawn, epochs, pruning: steps }) {
    const named = drawn.map(text => chart(text, 'Curve of the training'));
    named.forEach(each => each.firstChild.setAttribute('aria-label', each.querySelector('text')?.textContent ?? 'Curve of the training'));
    charts.replaceChildren(...named.length > 0 ? named : [element('p', { class: 'quiet' }, 'Curves begin in a few seconds.')]);
    body.replaceChildren(...epochs.toReversed().map(each => row(
        exact(each.epoch), loss(each.training_loss), percent(each.training_accuracy, 2), loss(each.validation_loss), percent(each.validation_accuracy, 2), exact(Math.round(each.images_per_second)))));
    pruning.hidden = steps.length === 0;
    prunings.replaceChildren(...steps.toReversed().map(each => row(exact(each.step), exact(each.epoch), percent(each.masked / Math.max(1, each.weights), 2), exact(each.masked), exact(each.weights))));
}

function table(caption, headings, body) {
    return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, element('table', {},
        element('caption', { class: 'only-read' }, caption),
        element('thead', {}, element('tr', {}, ...headings.map((name, place) => element('th', { scope: 'col', class: place > 0 ? 'number' : null }, name)))), body));
}

function row(heading, ...cells) {
    return element('tr', {}, element('th', { scope: 'row' }, heading), ...cells.map(text => element('td', { class: 'number' }, text)));
}

function loss(value) {
    return value === null ? '' : value.toFixed(4);
}

function duration(seconds) {
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds)} s`;
}

function watch() {
    const events = new EventSource('v1/training');
    const on = (name, show) => events.addEventListener(name, event => show(JSON.parse(event.data)));
    on('begin', ({ title: name }) => {
        title.textContent = name;
        state.textContent = 'Training.';
    });
    on('step', showStep);
    on('charts', showCharts);
    on('end', ({ how }) => {
        events.close();
        state.textContent = how;
        document.documentElement.dataset.ended = 'true';
    });
    events.addEventListener('error', () => {
        state.textContent = 'The connection is lost: the training has ended, or is out of reach.';
    });
}

themeButton(document.getElementById('theme'));
document.getElementById('content').replaceChildren(
    element('section', { 'aria-label': 'Now' }, element('header', { class: 'title' }, title, state), bar, figures),
    section('curves', 'Curves', charts),
    augmentation.node,
    pruning,
    section('epochs', 'Epochs', table('Figures of each epoch, the last one first', headings, body)));
pruning.hidden = true;
document.getElementById('origin').textContent = 'Espalier. The page gets its figures from the program that trains, and from no other.';
watch();
document.documentElement.dataset.complete = performance.now().toFixed(0);
