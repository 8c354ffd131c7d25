/** The section with the graph of the network, or the graphs of two beside each other, and their controls. */

import { measures } from './boxes.js';
import { choice, element, section } from './dom.js';
import { GraphView } from './graph.js';
import { descendants, firstOpen, scopeTree } from './network.js';

/** Creates the section. */
export function graphSection(data) {
    const open = new Set(data.models.flatMap(model => [...firstOpen(scopeTree(model.nodes))]));
    const state = { open, measure: 'macs', changed: (source, id) => views.forEach(view => view.redraw(id)) };
    const views = data.models.map((model, place) => new GraphView(model, state, differences(data, place)));
    const all = () => views.forEach(view => view.redraw(null));
    const groups = () => views.flatMap(view => descendants(view.root)).filter(item => item.children.length > 0);
    const buttons = element('div', { class: 'buttons', role: 'group', 'aria-label': 'Size and folding' },
        button('−', 'Zoom out', () => views.forEach(view => view.scale(0.8))),
        button('+', 'Zoom in', () => views.forEach(view => view.scale(1.25))),
        button('Fit', 'Fit the width', () => views.forEach(view => view.fit())),
        button('Unfold all', null, () => { groups().forEach(item => open.add(item.id)); all(); }),
        button('Fold all', null, () => { open.clear(); data.models.forEach(model => firstOpen(scopeTree(model.nodes)).forEach(id => open.add(id))); all(); }));
    const known = Object.entries(measures).filter(([, measure]) => views.some(view => view.root.children.some(item => measure.of(item) > 0.005)));
    const compared = choice('Bars', known.map(([name, measure]) => [name, measure.label]), state.measure, name => { state.measure = name; all(); });
    const panes = views.map((view, place) => element('div', { class: 'pane' }, views.length > 1 && element('h3', { class: `model-${place}` }, view.model.name), view.frame, view.panel));
    const result = section('graph', 'Graph',
        element('p', { class: 'lead' }, 'Groups are scopes of the network. Click one, or press Enter, to unfold it; drag to move, Ctrl and the wheel, + and − to zoom; arrow keys move from box to box.'),
        element('div', { class: 'tools' }, searchField(views), compared, buttons),
        legend(data.models.length > 1),
        element('div', { class: `panes ${views.length > 1 ? 'two' : 'one'}` }, ...panes));
    return { result, fit: () => views.forEach(view => view.fit()), views };
}

function button(text, label, onclick) {
    return element('button', { type: 'button', 'aria-label': label, title: label, onclick }, text);
}

function searchField(views) {
    let found = [];
    let at = -1;
    const count = element('output', { class: 'count', 'aria-live': 'polite' });
    const show = () => {
        count.textContent = found.length === 0 ? (input.value.trim() === '' ? '' : 'nothing found') : `${at + 1} of ${found.length}`;
        if (found.length > 0) {
            views.filter(view => view.items.has(found[at])).forEach(view => view.show(found[at]));
        }
    };
    const input = element('input', {
        type: 'search',
        placeholder: 'layer1.0, 3x3, relu …',
        autocomplete: 'off',
        spellcheck: 'false',
        oninput: () => {
            found = [...new Set(views.flatMap(view => view.search(input.value)).map(item => item.id))];
            at = 0;
            show();
        },
        onkeydown: event => {
            if (event.key === 'Enter' && found.length > 0) {
                event.preventDefault();
                at = (at + (event.shiftKey ? found.length - 1 : 1)) % found.length;
                show();
            }
        },
    });
    return element('div', { class: 'search' }, element('label', { class: 'field' }, element('span', {}, 'Find'), input), count);
}

function legend(two) {
    const entry = (style, text) => element('li', {}, element('span', { class: `swatch ${style}` }), text);
    const ops = [['conv', 'convolution'], ['linear', 'linear'], ['norm', 'norm'], ['activation', 'activation'], ['pool', 'pool'], ['join', 'add, concat']];
    return element('ul', { class: 'legend', 'aria-label': 'Colours' }, ...ops.map(([style, text]) => entry(style, text)), two && entry('only', 'in one network only'), two && entry('changed', 'changed'));
}

/** The differences to the other network, by item. */
function differences(data, place) {
    if (!data.differences) {
        return () => null;
    }

    const other = data.models[1 - place].name;
    const byNode = new Map();
    (place === 0 ? data.differences.only_in_first : data.differences.only_in_second).forEach(name => byNode.set(name, { kind: 'only', badge: 'only here', text: `not in ${other}` }));
    data.differences.reshaped.forEach(({ node, first, second }) => byNode.set(node, { kind: 'changed', badge: (place === 0 ? first : second)?.join('×') ?? 'other op', text: `weight ${first?.join('×') ?? 'none'} and ${second?.join('×') ?? 'none'}` }));
    data.differences.changed.forEach(name => byNode.set(name, { kind: 'changed', badge: 'changed', text: `another op or other inputs in ${other}` }));
    const counts = new Map();
    const count = item => {
        if (!counts.has(item)) {
            counts.set(item, item.node ? (byNode.has(item.node.name) ? 1 : 0) : item.children.reduce((sum, child) => sum + count(child), 0));
        }

        return counts.get(item);
    };
    return item => item.node ? byNode.get(item.node.name) ?? null
        : count(item) > 0 ? { kind: item.children.every(child => byNode.get(child.node?.name)?.kind === 'only') ? 'only' : 'changed', badge: `${count(item)} differ`, text: `${count(item)} of its ops differ` }
        : null;
}
