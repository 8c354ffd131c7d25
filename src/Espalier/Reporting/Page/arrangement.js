/** Where the boxes and lines of a network lie while some of its groups are open: the layout of each open group, within that of its parent. */

import { layered } from './layout.js';

export const boxWidth = 236;
const headHeight = 30;
const side = 18;
const space = 16; // where no line enters or leaves a group
const slimKinds = new Set(['input', 'relu', 'add', 'flatten', 'dropout', 'concat', 'multiply', 'stochastic_depth', 'softmax', 'quantize']);

/** The height of a closed box: a group has its figures and a bar, a layer its attributes, and an op without weights one line. */
function boxHeight(item) {
    return item.children.length > 0 ? 58 : slimKinds.has(item.node.kind) || item.node.parameters === 0 && !item.node.attributes ? 26 : 42;
}

/**
 * Arranges a network.
 * @param root the tree of scopes
 * @param edges pairs of items (edgesOf)
 * @param open the ids of open groups
 * @returns { width, height, boxes: [{ item, x, y, width, height, isOpen }], lines: [points] }, with coordinates of upper left corners
 */
export function arrange(root, edges, open) {
    const whole = level(root, edges, open);
    const boxes = [];
    const lines = [];
    collect(whole, 0, 0, boxes, lines);
    return { width: whole.inner.width, height: whole.inner.height, boxes, lines };
}

function level(group, edges, open) {
    const within = item => {
        while (item && item.parent !== group) {
            item = item.parent;
        }

        return item;
    };
    const parts = group.children.map(item => item.children.length > 0 && open.has(item.id) ? level(item, edges, open) : closed(item));
    const items = parts.map(vertexOf);
    const found = new Map();
    const add = (from, to, source) => found.set(`${from}\n${to}\n${source}`, { from, to, source });
    const [entries, exits] = [new Map(), new Map()];
    for (const [a, b] of edges) {
        const [from, to] = [within(a), within(b)];
        if (from && to && from !== to) {
            add(from.id, to.id, a.id);
        } else if (!from && to) {
            entries.set(a.id, a.order);
            add(`>${a.id}`, to.id, a.id);
        } else if (from && !to) {
            exits.set(a.id, a.order);
            add(from.id, `<${a.id}`, a.id);
        }
    }

    entries.forEach((order, id) => items.push(port(`>${id}`, -1 - 1 / (1 + order), { first: true })));
    exits.forEach((order, id) => items.push(port(`<${id}`, 1e9 + order, { last: true })));
    const inner = layered(items, [...found.values()]);
    const offset = (prefix, source) => inner.at.get(prefix + source).x - inner.width / 2;
    return {
        item: group,
        parts,
        inner,
        isOpen: true,
        width: inner.width + 2 * side,
        top: headHeight + (entries.size > 0 ? 0 : space),
        height: headHeight + (entries.size > 0 ? 0 : space) + inner.height + (exits.size > 0 ? 0 : space),
        inPort: source => entries.has(source) ? offset('>', source) : 0,
        outPort: source => exits.has(source) ? offset('<', source) : 0,
    };
}

function closed(item) {
    return { item, isOpen: false, width: boxWidth, height: boxHeight(item), inPort: () => 0, outPort: () => 0 };
}

function vertexOf(part) {
    return { id: part.item.id, order: part.item.order, width: part.width, height: part.height, inPort: part.inPort, outPort: part.outPort };
}

function port(id, order, which) {
    return { id, order, width: 2, height: 0, inPort: () => 0, outPort: () => 0, ...which };
}

function collect(part, left, top, boxes, lines) {
    for (const { points } of part.inner.lines) {
        lines.push(points.map(([x, y]) => [left + x, top + y]));
    }

    for (const child of part.parts) {
        const at = part.inner.at.get(child.item.id);
        const [x, y] = [left + at.x - child.width / 2, top + at.y];
        boxes.push({ item: child.item, x, y, width: child.width, height: child.height, isOpen: child.isOpen });
        if (child.isOpen) {
            collect(child, x + side, y + child.top, boxes, lines);
        }
    }
}
