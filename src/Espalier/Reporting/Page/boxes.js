/** Draws the boxes and lines of a network as SVG. */

import { element, shape } from './dom.js';
import { bytes, brief, extents, milliseconds, percent, sparsity } from './format.js';

const letter = 7.3; // the width of a letter of a name, in pixels
const smallLetter = 6.1;

/** The quantities by which boxes can be compared, with the value of an item; zeros are those of the weights that MACs use. */
export const measures = {
    macs: { label: 'MACs', of: item => item.macs, text: brief },
    parameters: { label: 'parameters', of: item => item.parameters, text: brief },
    ms: { label: 'time', of: item => item.ms, text: value => `${milliseconds(value)} ms` },
    zeros: { label: 'zeros', of: item => item.macs > 0 && item.effectiveMacs !== null ? 1 - item.effectiveMacs / item.macs : null, text: percent },
};

/** The colour group of an op. */
function family(kind) {
    return /^(conv2d|channel_conv1d)$/.test(kind) ? 'conv'
        : /norm|affine/.test(kind) ? 'norm'
        : /pool/.test(kind) ? 'pool'
        : /^(add|concat|multiply)$/.test(kind) ? 'join'
        : kind === 'linear' ? 'linear'
        : kind === 'input' ? 'input'
        : kind === 'quantize' ? 'quantize'
        : 'activation';
}

function shorten(text, pixels, width) {
    const most = Math.max(3, Math.floor(pixels / width));
    return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A number says little: it is shown with the scope that it is of, as layer1.0. */
function labelOf(item) {
    return /^\d+$/.test(item.label) && item.parent?.label ? `${item.parent.label}.${item.label}` : item.label;
}

function write(x, y, text, style, anchor = 'start') {
    return shape('text', { x, y, class: style, 'text-anchor': anchor }, text);
}

/** The figures of an item as a sentence for screen readers and tooltips. */
export function describe(item, difference) {
    const zeros = sparsity(item.parameters, item.nonZeros);
    const parts = [
        item.path,
        item.node ? item.node.op : `${item.size} ops`,
        `output ${extents(item.output)}`,
        item.parameters > 0 && `${brief(item.parameters)} parameters`,
        item.macs > 0 && `${brief(item.macs)} MACs`,
        item.ms !== null && `${milliseconds(item.ms)} ms`,
        zeros > 0 && `${percent(zeros)} zeros`,
        difference && difference.text,
    ];
    return parts.filter(Boolean).join(', ');
}

/**
 * Draws a box.
 * @param box one of arrange's
 * @param view { share(item): 0…1 or null, difference(item): { kind, text } or null }
 */
export function drawBox(box, view) {
    const { item, x, y, width, height, isOpen } = box;
    const difference = view.difference(item);
    const isGroup = item.children.length > 0;
    const classes = ['box', isGroup ? 'group' : `op ${family(item.node.kind)}`, isOpen && 'open', difference && `differs ${difference.kind}`];
    const head = isOpen ? 30 : height;
    const target = shape('g', {
        class: classes.filter(Boolean).join(' '),
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
        role: 'button',
        tabindex: -1,
        'data-id': item.id,
        'aria-expanded': isGroup ? String(isOpen) : null,
    }, shape('title', {}, describe(item, difference)), shape('rect', { class: 'body', width, height: head, rx: 5 }));
    // The title is its name and its tooltip, and says all of it.
    target.append(shape('g', { 'aria-hidden': 'true' }, ...(isGroup ? groupContent(item, width, isOpen, view) : opContent(item, width, height)), difference && badge(difference, width)));
    return target;
}

/** The frame of an open group, which lies behind its content. */
export function drawFrame({ x, y, width, height }) {
    return shape('rect', { class: 'frame', x: x.toFixed(1), y: y.toFixed(1), width: width.toFixed(1), height: height.toFixed(1), rx: 7 });
}

/** A line through points, with vertical ends. */
export function drawLine(points) {
    const at = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;
    let path = `M${at(points[0])}`;
    for (let i = 1; i < points.length; i++) {
        const [[fromX, fromY], [toX, toY]] = [points[i - 1], points[i]];
        const half = (fromY + toY) / 2;
        path += Math.abs(fromX - toX) < 0.5 ? `L${at([fromX, toY])}` : `C${at([fromX, half])} ${at([toX, half])} ${at(points[i])}`;
    }

    return path;
}

function groupContent(item, width, isOpen, view) {
    const arrow = shape('path', { class: 'arrow', d: isOpen ? 'M12 13l4 4l4-4' : 'M14 10l4 4l-4 4' });
    const output = extents(item.output);
    const name = write(28, 19, shorten(labelOf(item), width - 50 - output.length * smallLetter, letter), 'name');
    const size = write(width - 10, 19, output, 'note', 'end');
    if (isOpen) {
        return [arrow, name, size];
    }

    const share = view.share(item);
    const figures = [`${item.size} ops`, item.parameters > 0 && `${brief(item.parameters)} par.`, item.macs > 0 && `${brief(item.macs)} MACs`].filter(Boolean).join(' · ');
    const bar = share === null ? [] : [
        shape('rect', { class: 'track', x: 28, y: 47, width: width - 38, height: 3, rx: 1.5 }),
        shape('rect', { class: 'bar-fill', x: 28, y: 47, width: Math.max(1, (width - 38) * share).toFixed(1), height: 3, rx: 1.5 })];
    return [arrow, name, size, write(28, 36, item.ms === null ? figures : `${figures.replace(/^\d+ ops · /, '')} · ${milliseconds(item.ms)} ms`, 'note'), ...bar];
}

function opContent(item, width, height) {
    const { node } = item;
    const output = extents(node.output);
    const label = shorten(labelOf(item), width - 30 - output.length * smallLetter, letter);
    const content = [shape('rect', { class: 'stripe', width: 4, height, rx: 2 }), write(14, 17, label, 'name'), write(width - 10, 17, output, 'note', 'end')];
    if (height > 30) {
        const figure = node.ms !== undefined ? `${milliseconds(node.ms)} ms` : node.parameters > 0 ? brief(node.parameters) : '';
        content.push(write(14, 33, shorten(`${node.kind.replace(/_/g, ' ')} ${node.attributes}`, width - 36 - figure.length * smallLetter, smallLetter), 'note'), write(width - 10, 33, figure, 'note', 'end'));
    } else if (!label.includes(node.kind)) {
        content.push(write(22 + label.length * letter, 17, shorten(node.kind.replace(/_/g, ' '), width - 40 - (label.length * letter) - output.length * smallLetter, smallLetter), 'note'));
    }

    return content;
}

function badge(difference, width) {
    const size = difference.badge.length * smallLetter + 12;
    return shape('g', { class: 'badge', transform: `translate(${(width - size - 8).toFixed(1)} -13)` },
        shape('rect', { width: size, height: 16, rx: 8 }), write(size / 2, 12, difference.badge, 'note', 'middle'));
}

/** The list of an item's figures, for the panel beside the graph. */
export function details(item, nodes, readers, difference) {
    const zeros = sparsity(item.parameters, item.nonZeros);
    const names = indices => indices.map(index => nodes[index].name).join(', ');
    const rows = [
        ['Op', item.node && item.node.op],
        ['Ops', !item.node && String(item.size)],
        ['Output', extents(item.output)],
        ['Parameters', item.parameters > 0 && item.parameters.toLocaleString('en-US')],
        ['Zeros', zeros > 0 && percent(zeros, 2)],
        ['MACs', item.macs > 0 && item.macs.toLocaleString('en-US')],
        ['Weights', item.node?.parameter_bytes > 0 && `${bytes(item.node.parameter_bytes)}, ${Number((8 * item.node.parameter_bytes / item.parameters).toFixed(2))} bits each`],
        ['Time', item.ms !== null && `${milliseconds(item.ms)} ms`],
        ['Kernel', item.node?.kernel],
        ['Computed in', item.node?.fused_into !== undefined && nodes[item.node.fused_into].name],
        ['Receptive field', item.node && extents(item.node.receptive_field)],
        ['Stride', item.node && extents(item.node.stride)],
        ['Reads', item.node && names(item.node.inputs)],
        ['Read by', item.node && names(readers[item.index])],
        ['Difference', difference && difference.text],
    ];
    return element('dl', {}, ...rows.filter(([, value]) => value).map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
}
