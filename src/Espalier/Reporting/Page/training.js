/** The training: its curves and its epochs. */

import { chart, element, section } from './dom.js';
import { decimal, exact, percent } from './format.js';
import { table } from './table.js';

/** Creates the section, or null where no history is known. */
export function trainingSection(data) {
    const known = data.models.filter(model => model.training);
    return known.length === 0 ? null : section('training', 'Training', ...known.map(model => element('div', {},
        data.models.length > 1 && element('h3', { class: `model-${data.models.indexOf(model)}` }, model.name),
        element('div', { class: 'charts' }, ...model.training.charts.map(each => chart(each.svg, `${each.title} of ${model.name} by epoch`))),
        element('details', {}, element('summary', {}, `${exact(model.training.epochs.length)} epochs`), epochs(model)))));
}

function epochs(model) {
    const columns = [
        { label: 'Epoch', value: row => row.epoch, isNumber: true },
        { label: 'Step', value: row => row.step, text: exact, isNumber: true },
        { label: 'Learning rate', value: row => row.learning_rate, text: value => decimal(value, 3), isNumber: true },
        { label: 'Training loss', value: row => row.train_loss, text: value => decimal(value, 4), isNumber: true },
        { label: 'Training accuracy', value: row => row.train_accuracy, text: value => percent(value, 2), isNumber: true },
        { label: 'Validation loss', value: row => row.validation_loss, text: value => decimal(value, 4), isNumber: true },
        { label: 'Validation accuracy', value: row => row.validation_accuracy, text: value => percent(value, 2), isNumber: true },
        { label: 'Seconds', value: row => row.seconds, text: value => decimal(value, 4), isNumber: true },
        { label: 'Images/s', value: row => row.images_per_second, text: value => decimal(value, 4), isNumber: true },
    ];
    return table(`Epochs of ${model.name}`, columns.filter(column => model.training.epochs.some(row => column.value(row) !== null)), model.training.epochs);
}
