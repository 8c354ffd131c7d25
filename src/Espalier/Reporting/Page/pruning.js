/** What was pruned: the zeros of each layer's weights, those in blocks, and of two networks the channels. */

import { element, section } from './dom.js';
import { exact, percent } from './format.js';
import { table } from './table.js';

const pruned = 0.1; // a layer with a larger share of zeros was pruned, whether a step of the ledger says so or not

/** Creates the section, or null where nothing was pruned. */
export function pruningSection(data) {
    const rows = prunedRows(data.models);
    const isPruned = row => row.channels.length > 1 && new Set(row.channels.filter(count => count !== null)).size > 1
        || row.weights.some(weights => weights && (weights.masked > 0 || weights.zeros > pruned * weights.count));
    return rows.some(isPruned) || data.models.some(model => model.ledger.some(step => step.action === 'prune'))
        ? section('pruning', 'Pruning', element('p', { class: 'lead' }, ...data.models.map(model => element('span', {}, `${totalZeros(model, data.models.length > 1)} `))), prunedTable(data, rows))
        : null;
}

/** The layers of all models, joined by name: for each model its weights and channels, or null where it has no such layer. */
function prunedRows(models) {
    const layers = models.map(model => new Map(model.nodes.filter(node => node.weights).map(node => [node.name, node])));
    return [...new Set(layers.flatMap(each => [...each.keys()]))].map(name => {
        const nodes = layers.map(each => each.get(name) ?? null);
        return { name, weights: nodes.map(node => node?.weights ?? null), channels: nodes.map(node => node?.output[0] ?? null) };
    });
}

function totalZeros(model, isNamed) {
    const sum = of => model.nodes.reduce((total, node) => total + (node.weights ? of(node.weights) ?? 0 : 0), 0);
    const [count, blocks, masked] = [sum(weights => weights.count), sum(weights => weights.zeros_in_blocks), sum(weights => weights.masked)];
    const removed = model.ledger.reduce((total, step) => total + (step.results.removed_channels ?? 0), 0);
    const share = part => percent(count > 0 ? part / count : null);
    return `${isNamed ? `${model.name}: ` : ''}${share(sum(weights => weights.zeros))} of ${exact(count)} weights of layers are zero, ${share(blocks)} in 1x4 blocks of zeros`
        + `${masked > 0 ? `, ${share(masked)} masked` : ''}${removed > 0 ? `; steps of the ledger removed ${exact(removed)} channels` : ''}.`;
}

function prunedTable(data, rows) {
    const each = of => data.models.flatMap((model, i) => of(data.models.length > 1 ? `, ${model.name}` : '', i));
    const ofWeights = (name, i, label, part, title) => ({ label: label + name, title, value: row => row.weights[i] && part(row.weights[i]) !== null ? part(row.weights[i]) / row.weights[i].count : null, text: value => percent(value), isNumber: true, bar: true });
    return table(`Zeros and channels of ${exact(rows.length)} layers`, [
        { label: 'Layer', value: row => row.name },
        ...each((name, i) => [{ label: `Channels${name}`, value: row => row.channels[i], text: exact, isNumber: true }]),
        ...each((name, i) => [{ label: `Weights${name}`, value: row => row.weights[i]?.count ?? null, text: exact, isNumber: true }]),
        ...each((name, i) => [
            ofWeights(name, i, 'Zeros', weights => weights.zeros, 'Weights that are zero, by a mask or in themselves'),
            ofWeights(name, i, 'In blocks', weights => weights.zeros_in_blocks, '1x4 blocks: four input channels at one output channel and kernel position, which sparse kernels skip'),
        ]),
    ], rows);
}
