/** Two models beside each other: whether they agree, how sure each is, and how long each takes. */

import { element } from './dom.js';
import { change, exact, milliseconds, percent, points } from './format.js';

const rounds = 10;

/** Creates the table. */
export function createComparison(photo, models) {
    const verdict = element('p', { class: 'verdict', role: 'status' }, 'Asking both models …');
    const body = element('tbody');
    const button = element('button', { type: 'button', disabled: true, onclick: () => measure() }, `Time ${rounds} requests each`);
    const head = element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Figure'), ...models.map((model, place) => element('th', { scope: 'col', class: `number model-${place}` }, model.name)), element('th', { scope: 'col', class: 'number' }, 'Difference')));
    const root = element('section', { class: 'comparison', 'aria-label': 'Comparison' }, verdict,
        element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Figures of both models' }, element('table', { class: 'pair' }, element('caption', {}, 'The same photo, two models'), head, body)), button);
    let rows = [];

    const row = (name, texts, difference) => element('tr', {}, element('th', { scope: 'row' }, name), ...texts.map(text => element('td', { class: 'number' }, text)), element('td', { class: 'number' }, difference));
    const timeRow = (name, values) => row(name, values.map(value => value === undefined ? '' : `${milliseconds(value)} ms`), change(values[0], values[1]));

    const countRow = (name, values) => row(name, values.map(exact), change(values[0], values[1]));

    function show(results) {
        if (results.some(result => result === null)) {
            verdict.textContent = 'There is nothing to compare: a model gave no answer.';
            return;
        }

        const predictions = results.map(result => result.answer.predictions);
        const [first, second] = predictions.map(each => each[0]);
        verdict.textContent = first.label === second.label ? `Both say ${first.label}.` : `${models[0].name} says ${first.label}, ${models[1].name} says ${second.label}.`;
        const labels = [...new Set([first.label, second.label])];
        rows = labels.map(label => {
            const shares = predictions.map(each => each.find(prediction => prediction.label === label)?.probability);
            return row(label, shares.map(share => share === undefined ? 'not among its first' : percent(share)), shares.includes(undefined) ? '' : points(shares[1] - shares[0], ' points') || '0');
        });
        rows.push(timeRow('Network, this request', results.map(result => result.times.compute)));
        rows.push(countRow('Parameters', models.map(model => model.parameters)), countRow('Parameters, not zero', models.map(model => model.non_zeros)));
        body.replaceChildren(...rows);
        button.disabled = false;
    }

    /** One after the other, in turns, so that what else the machine does strikes both. */
    async function measure() {
        button.disabled = true;
        try {
            const times = [[], []];
            for (let round = 0; round < rounds; round++) {
                for (const [place, model] of models.entries()) {
                    times[place].push((await photo.time(model)).compute);
                }
            }

            body.replaceChildren(...rows, timeRow(`Network, median of ${rounds}`, times.map(median)));
        } catch (error) {
            verdict.textContent = `No times: ${error.message}.`;
        }

        button.disabled = false;
    }

    return { root, show };
}

function median(values) {
    const sorted = values.toSorted((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
