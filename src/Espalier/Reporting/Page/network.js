/** The tree of scopes of a network: groups by the parts of the nodes' names, with the figures of what they hold. */

const fewest = 8; // boxes that are seen at first, unless the network has fewer

/** Builds the tree. An item is a group or a node: { id, label, path, parent, children, node, order, size, parameters, macs, nonZeros, effectiveMacs, ms }. */
export function scopeTree(nodes) {
    const root = group('', '', null);
    const groups = new Map([['', root]]);
    nodes.forEach((node, index) => {
        const parts = node.name.split('.');
        let parent = root;
        for (let depth = 1; depth < parts.length; depth++) {
            const path = parts.slice(0, depth).join('.');
            let next = groups.get(path);
            if (!next) {
                next = group(path, parts[depth - 1], parent);
                groups.set(path, next);
                parent.children.push(next);
            }

            parent = next;
        }

        parent.children.push({ id: `=${node.name}`, path: node.name, label: parts.at(-1), parent, children: [], node, index });
    });
    dissolve(root, nodes);
    flatten(root);
    sum(root);
    return root;
}

/** Replaces a group by what is in it where the network leaves it and comes back, as lists of convolutions and of norms that alternate do: as a box it would be before and after others. */
function dissolve(item, nodes) {
    item.children.forEach(child => dissolve(child, nodes));
    item.children = item.children.flatMap(child => {
        if (child.node || isConvex(child, nodes)) {
            return [child];
        }

        child.children.forEach(each => Object.assign(each, { parent: item, label: `${child.label}.${each.label}` }));
        return child.children;
    });
}

function isConvex(group, nodes) {
    const inside = new Set(indicesOf(group));
    const left = new Set();
    for (let index = Math.min(...inside), last = Math.max(...inside); index <= last; index++) {
        const comesBack = nodes[index].inputs.some(input => left.has(input));
        if (inside.has(index)) {
            if (comesBack) {
                return false;
            }
        } else if (comesBack || nodes[index].inputs.some(input => inside.has(input))) {
            left.add(index);
        }
    }

    return true;
}

function indicesOf(item) {
    return item.node ? [item.index] : item.children.flatMap(indicesOf);
}

function group(path, label, parent) {
    return { id: path, path, label, parent, children: [], node: null, index: -1 };
}

/** A group of one is replaced by what is in it. */
function flatten(item) {
    item.children = item.children.map(child => {
        flatten(child);
        if (child.children.length !== 1) {
            return child;
        }

        const only = child.children[0];
        only.label = `${child.label}.${only.label}`;
        only.parent = item;
        return only;
    });
}

function sum(item) {
    const { node } = item;
    if (node) {
        Object.assign(item, { order: item.index, size: 1, parameters: node.parameters, macs: node.macs, nonZeros: node.non_zeros, effectiveMacs: node.effective_macs, ms: node.ms ?? null, output: node.output });
        return;
    }

    item.children.forEach(sum);
    const total = name => item.children.reduce((all, child) => all + (child[name] ?? 0), 0);
    item.order = Math.min(...item.children.map(child => child.order));
    item.size = total('size');
    item.parameters = total('parameters');
    item.macs = total('macs');
    item.nonZeros = item.children.some(child => child.nonZeros === null) ? null : total('nonZeros');
    item.effectiveMacs = item.children.some(child => child.effectiveMacs === null) ? null : total('effectiveMacs');
    item.ms = item.children.some(child => child.ms !== null) ? total('ms') : null;
    item.output = item.children.reduce((last, child) => child.order >= last.order ? child : last).output;
}

/** The groups that are open at first: of a network whose parts are all in one scope, that scope. */
export function firstOpen(root) {
    const open = new Set();
    const seen = [...root.children];
    while (seen.length < fewest) {
        const closed = seen.filter(item => item.children.length > 0);
        if (closed.length === 0) {
            break;
        }

        const largest = closed.reduce((a, b) => b.size > a.size ? b : a);
        open.add(largest.id);
        seen.splice(seen.indexOf(largest), 1, ...largest.children);
    }

    return open;
}

/** All items of a tree but its root, groups before what is in them. */
export function descendants(item) {
    return item.children.flatMap(child => [child, ...descendants(child)]);
}

/** The edges of a network, as pairs of items. */
export function edgesOf(nodes, root) {
    const leaves = descendants(root).filter(item => item.node);
    const byName = new Map(leaves.map(leaf => [leaf.node.name, leaf]));
    return leaves.flatMap(leaf => [...new Set(leaf.node.inputs)].map(input => [byName.get(nodes[input].name), leaf]));
}
