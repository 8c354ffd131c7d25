/** A picture of feature maps, laid out for the width that there is, with a marked unit that pointer and keys move. */

import { element } from './dom.js';

const gap = 4;
const leastTile = 72;

/** Creates the grid. Calls onunit with { channel, row, column }, or with null when no unit is marked any more. */
export async function createGrid(maps, onunit) {
    const picture = new Image();
    picture.src = `data:image/png;base64,${maps.png}`;
    await picture.decode();
    const canvas = element('canvas', { 'aria-hidden': 'true' });
    const [tileMark, unitMark] = [element('div', { class: 'tile-mark', hidden: true }), element('div', { class: 'unit-mark', hidden: true })];
    const root = element('div', {
        class: 'grid', tabindex: 0, role: 'application', 'aria-roledescription': 'grid of feature maps',
        'aria-label': `${maps.channels} feature maps of ${maps.node}. Arrow keys move from unit to unit, Page Up and Page Down from channel to channel, Escape leaves.`,
    }, canvas, tileMark, unitMark);
    let layout = { columns: 1, width: 0, height: 0 };
    let unit = null;

    function draw() {
        layout = layoutOf(maps, root.clientWidth);
        canvas.width = root.clientWidth;
        canvas.height = Math.ceil(maps.channels / layout.columns) * (layout.height + gap) - gap;
        const context = canvas.getContext('2d');
        context.imageSmoothingEnabled = false;
        const { columns, tile_width: width, tile_height: height } = maps.grid;
        for (let channel = 0; channel < maps.channels; channel++) {
            const [x, y] = placeOf(channel);
            context.drawImage(picture, (channel % columns) * (width + 1) + 1, Math.floor(channel / columns) * (height + 1) + 1, width, height, x, y, layout.width, layout.height);
        }

        mark();
    }

    const placeOf = channel => [(channel % layout.columns) * (layout.width + gap), Math.floor(channel / layout.columns) * (layout.height + gap)];

    function mark() {
        tileMark.hidden = unitMark.hidden = unit === null;
        if (unit !== null) {
            const [x, y] = placeOf(unit.channel);
            const [width, height] = [layout.width / maps.columns, layout.height / maps.rows];
            put(tileMark, x, y, layout.width, layout.height);
            put(unitMark, x + unit.column * width, y + unit.row * height, width, height);
        }
    }

    function choose(next) {
        if (next?.channel !== unit?.channel || next?.row !== unit?.row || next?.column !== unit?.column) {
            unit = next;
            mark();
            onunit(unit);
        }
    }

    function point(event) {
        const box = canvas.getBoundingClientRect();
        const [x, y] = [event.clientX - box.left, event.clientY - box.top];
        const [across, down] = [Math.floor(x / (layout.width + gap)), Math.floor(y / (layout.height + gap))];
        const channel = down * layout.columns + across;
        const column = Math.floor((x - across * (layout.width + gap)) / layout.width * maps.columns);
        const row = Math.floor((y - down * (layout.height + gap)) / layout.height * maps.rows);
        if (across >= 0 && across < layout.columns && channel >= 0 && channel < maps.channels && column < maps.columns && row < maps.rows && row >= 0 && column >= 0) {
            choose({ channel, row, column });
        }
    }

    function move(event) {
        const { channel, row, column } = unit ?? { channel: 0, row: 0, column: 0 };
        const next = {
            ArrowLeft: { channel, row, column: column - 1 }, ArrowRight: { channel, row, column: column + 1 }, ArrowUp: { channel, row: row - 1, column }, ArrowDown: { channel, row: row + 1, column },
            PageUp: { channel: channel - 1, row, column }, PageDown: { channel: channel + 1, row, column }, Home: { channel: 0, row, column }, End: { channel: maps.channels - 1, row, column },
        }[event.key];
        if (event.key === 'Escape') {
            choose(null);
        } else if (next) {
            event.preventDefault();
            const clamp = (value, extent) => Math.min(extent - 1, Math.max(0, value));
            choose({ channel: clamp(next.channel, maps.channels), row: clamp(next.row, maps.rows), column: clamp(next.column, maps.columns) });
            tileMark.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        }
    }

    root.addEventListener('pointermove', point);
    root.addEventListener('pointerdown', point);
    root.addEventListener('pointerleave', () => root.matches(':focus-visible') || choose(null));
    root.addEventListener('keydown', move);
    root.addEventListener('focus', () => root.matches(':focus-visible') && choose(unit ?? { channel: 0, row: Math.floor(maps.rows / 2), column: Math.floor(maps.columns / 2) }));
    root.addEventListener('blur', () => choose(null));
    new ResizeObserver(() => root.clientWidth > 0 && root.clientWidth !== canvas.width && draw()).observe(root);
    return root;
}

/** As many columns as have room, stretched to the whole width; of few channels no tile is larger than three times the least. */
function layoutOf(maps, width) {
    const columns = Math.max(1, Math.min(maps.channels, Math.floor((width + gap) / (leastTile + gap))));
    const tile = Math.min(3 * leastTile, Math.floor((width + gap) / columns) - gap);
    const longer = Math.max(maps.rows, maps.columns);
    return { columns, width: tile * maps.columns / longer, height: tile * maps.rows / longer };
}

function put(mark, x, y, width, height) {
    Object.entries({ left: x, top: y, width, height }).forEach(([name, value]) => mark.style.setProperty(name, `${value}px`));
}
