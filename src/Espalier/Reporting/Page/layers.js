/** The tables of stages and layers; of two networks joined by the layers' names. */

import { element, section } from './dom.js';
import { exact, extents, isSparse, milliseconds, percent, sparsity } from './format.js';
import { table } from './table.js';

const zeros = row => sparsity(row.parameters, row.non_zeros);

/** Creates the section; the table of layers is drawn when the browser has time. */
export function layersSection(data) {
    const result = section('layers', 'Layers');
    const holder = element('div');
    let whole = false;
    const timed = data.models.filter(model => model.ms !== null);
    const draw = () => holder.replaceChildren(data.models.length === 1 ? one(data.models[0], whole) : joined(data, whole));
    result.append(
        ...timed.length > 0 ? [element('p', { class: 'lead' }, `Times are medians for one image on one thread, of the steps that the network is folded and fused into; a step is shown at its layer with the most MACs.${timed.map(others).join('')}`)] : [],
        ...data.models.length === 1 ? [stages(data.models[0])] : [],
        element('label', { class: 'field check' }, element('input', { type: 'checkbox', onchange: event => { whole = event.target.checked; draw(); } }), element('span', {}, 'Also ops without weights')),
        holder);
    return { result, draw };
}

function others(model) {
    return model.other_ms > 0 ? ` ${model.name} has steps of ${milliseconds(model.other_ms)} ms for which no layer stands.` : '';
}

function figures(rows) {
    const count = (label, value, title) => ({ label, value, title, text: exact, isNumber: true, bar: true });
    const columns = [count('Parameters', row => row.parameters || null), count('MACs', row => row.macs || null, 'Multiply-accumulates of one sample')];
    if (rows.some(row => row.ms !== undefined && row.ms !== null)) {
        columns.push({ label: 'ms', title: 'Median time of its step on one thread', value: row => row.ms ?? null, text: milliseconds, isNumber: true, bar: true });
    }

    if (rows.some(isSparse)) {
        columns.push({ label: 'Zeros', value: zeros, text: value => percent(value), isNumber: true, bar: true });
    }

    return columns;
}

const output = { label: 'Output', value: row => row.output.reduce((a, b) => a * b, 1), text: (value, row) => extents(row.output), isNumber: true };
const field = { label: 'Receptive field', title: 'Input pixels that one output pixel depends on', value: row => row.receptive_field[0] * row.receptive_field[1], text: (value, row) => extents(row.receptive_field), isNumber: true };

function stages(model) {
    return table('Stages', [{ label: 'Stage', value: row => row.name }, { label: 'Layers', value: row => row.depth, text: exact, isNumber: true }, output, ...figures(model.stages), field], model.stages);
}

function one(model, whole) {
    const rows = model.nodes.filter(node => whole || node.parameters > 0);
    const columns = [{ label: 'Layer', value: node => node.name }, { label: 'Op', value: node => node.op, isLong: true }, output, ...figures(rows), field];
    if (rows.some(node => node.kernel)) {
        columns.push({ label: 'Kernel', value: node => node.kernel ?? (node.fused_into !== undefined ? `in ${model.nodes[node.fused_into].name}` : '') });
    }

    return table(`${exact(rows.length)} ${whole ? 'ops' : 'layers with weights'}`, columns, rows);
}

function joined(data, whole) {
    const [first, second] = data.models.map(model => new Map(model.nodes.filter(node => whole || node.parameters > 0).map(node => [node.name, node])));
    const changed = new Set([...data.differences.changed, ...data.differences.reshaped.map(each => each.node)]);
    const names = [...new Set([...first.keys(), ...second.keys()])];
    const rows = names.map(name => ({ name, a: first.get(name), b: second.get(name) }));
    const [nameOfFirst, nameOfSecond] = data.models.map(model => model.name);
    const state = row => !row.b ? `only in ${nameOfFirst}` : !row.a ? `only in ${nameOfSecond}` : changed.has(row.name) ? 'changed' : '';
    const both = (label, of, text) => [['a', nameOfFirst], ['b', nameOfSecond]].map(([side, name]) => ({ label: `${label}, ${name}`, value: row => row[side] ? of(row[side]) : null, text, isNumber: true, bar: true }));
    const has = of => rows.some(row => [row.a, row.b].some(node => node && of(node) > 0));
    const columns = [
        { label: 'Layer', value: row => row.name },
        { label: 'Difference', value: state },
        { label: 'Op', isLong: true, value: row => row.a && row.b && row.a.op !== row.b.op ? `${row.a.op} → ${row.b.op}` : (row.a ?? row.b).op },
        ...both('Parameters', node => node.parameters || null, exact),
        ...both('MACs', node => node.macs || null, exact),
        ...has(node => node.ms) ? both('ms', node => node.ms ?? null, milliseconds) : [],
        ...rows.some(row => (row.a && isSparse(row.a)) || (row.b && isSparse(row.b))) ? both('Zeros', zeros, value => percent(value)) : [],
    ];
    return table(`${exact(rows.length)} ${whole ? 'ops' : 'layers with weights'} of both networks, joined by name`, columns, rows);
}
