/** The graph of a network: folded groups that unfold by click or key, zoom, search, and the figures of what is selected. */

import { arrange } from './arrangement.js';
import { describe, details, drawBox, drawFrame, drawLine, measures } from './boxes.js';
import { element, shape } from './dom.js';
import { descendants, edgesOf, scopeTree } from './network.js';

const margin = 14;
const nearest = 2.5;
const furthest = 0.15;

/** One network in a scrolled frame. What is open and how boxes are compared is shared with other frames. */
export class GraphView {
    /**
     * @param model the model's data
     * @param state { open: Set of ids, measure: name, changed(view, id): called after a change }
     * @param differenceOf a function from a node's name or a group's item to { kind, text, badge } or null
     */
    constructor(model, state, differenceOf) {
        Object.assign(this, { model, state, differenceOf, zoom: 1, selected: null });
        this.root = scopeTree(model.nodes);
        this.items = new Map(descendants(this.root).map(item => [item.id, item]));
        this.edges = edgesOf(model.nodes, this.root);
        this.readers = model.nodes.map(() => []);
        model.nodes.forEach((node, index) => node.inputs.forEach(input => this.readers[input].push(index)));
        this.drawing = shape('svg', { class: 'graph', role: 'group', 'aria-label': `Graph of ${model.name}` });
        this.frame = element('div', { class: 'viewport', role: 'region', 'aria-label': `Graph of ${model.name}, scrolled` }, this.drawing);
        this.panel = element('aside', { class: 'details', 'aria-label': `Selected in ${model.name}`, 'aria-live': 'polite' }, element('p', { class: 'quiet' }, 'Select a box for its figures.'));
        this.listen();
        this.draw();
    }

    draw() {
        const { boxes, lines, width, height } = arrange(this.root, this.edges, this.state.open);
        this.boxes = boxes.sort((a, b) => a.y - b.y || a.x - b.x);
        [this.width, this.height] = [width + 2 * margin, height + 2 * margin];
        const measure = measures[this.state.measure];
        const most = Math.max(...boxes.filter(box => !box.isOpen).map(box => measure.of(box.item) ?? 0));
        const view = { difference: this.differenceOf, share: item => most > 0 && measure.of(item) !== null ? measure.of(item) / most : null };
        this.drawing.setAttribute('viewBox', `${-margin} ${-margin} ${this.width.toFixed(0)} ${this.height.toFixed(0)}`);
        this.drawing.replaceChildren(
            shape('g', {}, ...boxes.filter(box => box.isOpen).sort((a, b) => b.height - a.height).map(drawFrame)),
            shape('path', { class: 'edges', d: lines.map(drawLine).join('') }),
            ...this.boxes.map(box => drawBox(box, view)));
        this.resize();
        this.mark(this.selected && this.find(this.selected) ? this.selected : null);
        (this.find(this.selected) ?? this.drawing.querySelector('.box'))?.setAttribute('tabindex', '0');
    }

    resize() {
        this.drawing.setAttribute('width', (this.width * this.zoom).toFixed(0));
        this.drawing.setAttribute('height', (this.height * this.zoom).toFixed(0));
    }

    find(id) {
        return id === null ? null : this.drawing.querySelector(`.box[data-id="${CSS.escape(id)}"]`);
    }

    /** Enlarges or shrinks, keeping the middle of the frame where it is. */
    scale(factor) {
        const before = this.zoom;
        this.zoom = Math.min(nearest, Math.max(furthest, this.zoom * factor));
        const { frame } = this;
        const [x, y] = [frame.scrollLeft + frame.clientWidth / 2, frame.scrollTop + frame.clientHeight / 2];
        this.resize();
        frame.scrollTo(x * this.zoom / before - frame.clientWidth / 2, y * this.zoom / before - frame.clientHeight / 2);
    }

    /** Shrinks so that the whole width is seen, or shows the natural size where that fits. */
    fit() {
        this.scale(Math.min(1, (this.frame.clientWidth - 2) / this.width) / this.zoom);
    }

    toggle(id) {
        const { open } = this.state;
        open.has(id) ? open.delete(id) : open.add(id);
        this.state.changed(this, id);
    }

    /** Draws again, with a box where it was in the frame, and the focus on it. */
    redraw(id) {
        const focused = this.drawing.contains(document.activeElement);
        const before = this.find(id)?.getBoundingClientRect().top;
        this.draw();
        const target = this.find(id);
        if (target && before !== undefined) {
            this.frame.scrollTop += target.getBoundingClientRect().top - before;
        }

        if (focused) {
            this.focus(id);
        }
    }

    /** Selects a box: its figures are shown, and its lines stand out. */
    mark(id) {
        this.drawing.querySelectorAll('.selected, .lit').forEach(each => each.classList.remove('selected', 'lit'));
        this.selected = id;
        const item = id === null ? null : this.items.get(id);
        if (item) {
            this.find(id)?.classList.add('selected');
            this.panel.replaceChildren(element('h3', {}, item.path), details(item, this.model.nodes, this.readers, this.differenceOf(item)));
        }
    }

    focus(id) {
        const target = this.find(id);
        if (target) {
            this.drawing.querySelectorAll('.box[tabindex="0"]').forEach(each => each.setAttribute('tabindex', '-1'));
            target.setAttribute('tabindex', '0');
            target.focus({ preventScroll: true });
            this.reveal(target);
        }
    }

    /** Scrolls the frame, and not the page, to a box. */
    reveal(target) {
        const [box, frame] = [target.querySelector('.body').getBoundingClientRect(), this.frame.getBoundingClientRect()];
        const past = (start, end, from, to) => start < from ? start - from - 30 : end > to ? end - to + 30 : 0;
        this.frame.scrollBy(past(box.left, box.right, frame.left, frame.right), past(box.top, box.bottom, frame.top, frame.bottom));
    }

    /** Unfolds what a node is in, and shows it. */
    show(id) {
        for (let item = this.items.get(id).parent; item.parent; item = item.parent) {
            this.state.open.add(item.id);
        }

        this.state.changed(this, id);
        this.mark(id);
        const target = this.find(id);
        target.classList.add('lit');
        this.reveal(target);
    }

    /** The nodes and groups whose path or op contains a text. */
    search(text) {
        const wanted = text.trim().toLowerCase();
        return wanted === '' ? [] : [...this.items.values()].filter(item => item.path.toLowerCase().includes(wanted) || item.node?.op.toLowerCase().includes(wanted)).sort((a, b) => a.order - b.order);
    }

    listen() {
        this.drawing.addEventListener('click', event => {
            const id = event.target.closest('.box')?.dataset.id;
            if (id !== undefined && !this.dragged) {
                this.mark(id);
                this.items.get(id).children.length > 0 ? this.toggle(id) : this.focus(id);
            }
        });
        this.drawing.addEventListener('focusin', event => {
            const target = event.target.closest('.box');
            if (target) {
                this.mark(target.dataset.id);
            }
        });
        this.drawing.addEventListener('keydown', event => this.press(event));
        this.frame.addEventListener('wheel', event => {
            if (event.ctrlKey || event.metaKey) {
                event.preventDefault();
                this.scale(Math.exp(-event.deltaY / 300));
            }
        }, { passive: false });
        this.drag();
    }

    press(event) {
        const id = event.target.closest('.box')?.dataset.id;
        const item = id === undefined ? null : this.items.get(id);
        const at = this.boxes.findIndex(box => box.item === item);
        const isGroup = item?.children.length > 0;
        const isOpen = isGroup && this.state.open.has(id);
        const actions = {
            'ArrowDown': () => this.focus(this.boxes[at + 1]?.item.id ?? id),
            'ArrowUp': () => this.focus(this.boxes[at - 1]?.item.id ?? id),
            'ArrowRight': () => isGroup && !isOpen ? this.toggle(id) : this.focus(this.boxes[at + 1]?.item.id ?? id),
            'ArrowLeft': () => isOpen ? this.toggle(id) : this.focus(item.parent.parent ? item.parent.id : id),
            'Home': () => this.focus(this.boxes[0].item.id),
            'End': () => this.focus(this.boxes.at(-1).item.id),
            'Enter': () => isGroup && this.toggle(id),
            ' ': () => isGroup && this.toggle(id),
            '+': () => this.scale(1.25),
            '=': () => this.scale(1.25),
            '-': () => this.scale(0.8),
            '0': () => this.fit(),
        };
        if (item && actions[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            actions[event.key]();
        }
    }

    drag() {
        let start = null;
        this.frame.addEventListener('pointerdown', event => {
            this.dragged = false;
            start = event.pointerType === 'mouse' && event.button === 0 ? { x: event.clientX + this.frame.scrollLeft, y: event.clientY + this.frame.scrollTop, at: [event.clientX, event.clientY] } : null;
        });
        this.frame.addEventListener('pointermove', event => {
            if (start && event.buttons === 1 && (this.dragged || Math.hypot(event.clientX - start.at[0], event.clientY - start.at[1]) > 4)) {
                this.dragged = true;
                this.frame.scrollTo(start.x - event.clientX, start.y - event.clientY);
            }
        });
    }

    /** The text of a box, for the list of what a search found. */
    nameOf(id) {
        return describe(this.items.get(id), null);
    }
}
