/** The feature maps of a node as a grid, of which every unit lights up its receptive field in the photo. */

import { element } from './dom.js';
import { extents } from './format.js';
import { createGrid } from './grid.js';
import { createStage } from './stage.js';

/** Creates the section for a model; the given stage is lit up together with one of its own. */
export function createMaps(photo, model, stage) {
    const stages = [stage, createStage(photo)];
    const lightUp = (...box) => stages.forEach(each => each.lightUp(...box));
    const status = element('p', { class: 'unit quiet', role: 'status' });
    const frame = element('div', { class: 'maps' });
    const select = element('select', { onchange: () => show(select.value) }, ...groups(model.nodes));
    const root = element('section', { class: 'features', 'aria-label': 'Feature maps' }, element('h3', {}, 'Feature maps'),
        element('p', { class: 'quiet' }, 'What each channel of a layer makes of the photo, from dark blue for its least value to yellow for its greatest. Point at a unit, or move with the arrow keys, to see the part of the photo on which it depends.'),
        element('label', { class: 'field' }, element('span', {}, 'Layer'), select), element('div', { class: 'layer' }, stages[1].root, frame), status);
    select.value = usual(model).name;

    async function show(node) {
        root.dataset.node = '';
        status.textContent = 'Computing the maps …';
        lightUp(null);
        try {
            const maps = await photo.features(model, node);
            const grid = await createGrid(maps, unit => choose(maps, unit));
            if (select.value === node) {
                frame.replaceChildren(grid);
                status.textContent = sizes(maps);
                root.dataset.node = node;
            }
        } catch (error) {
            frame.replaceChildren();
            status.textContent = `No maps: ${error.message}.`;
        }
    }

    function choose(maps, unit) {
        if (unit === null) {
            lightUp(null);
            status.textContent = sizes(maps);
            return;
        }

        const [rows, columns] = [maps.row_regions[unit.row], maps.column_regions[unit.column]];
        const [least, greatest] = maps.ranges[unit.channel];
        status.textContent = `Channel ${unit.channel} (${least.toPrecision(3)} to ${greatest.toPrecision(3)}), row ${unit.row}, column ${unit.column}: ${rows && columns ? `depends on rows ${rows[0]} to ${rows[1] - 1} and columns ${columns[0]} to ${columns[1] - 1} of the network's ${extents([maps.input.height, maps.input.width])} pixels` : 'depends on padding alone'}.`;
        lightUp(rows && columns ? inPhoto(maps.input, rows, columns) : null, maps.width, maps.height);
    }

    return { root, load: () => show(select.value) };
}

function sizes(maps) {
    return `${maps.channels} channels of ${extents([maps.rows, maps.columns])} units.`;
}

/** Pixels of the network's input in the photo's coordinates. */
function inPhoto({ width, height, in_photo: seen }, [top, bottom], [left, right]) {
    const x = column => seen.left + column * (seen.right - seen.left) / width;
    const y = row => seen.top + row * (seen.bottom - seen.top) / height;
    return { left: x(left), top: y(top), right: x(right), bottom: y(bottom) };
}

/** The last layer whose map still shows where things are: at least an eighth of the input's side. */
function usual(model) {
    return model.nodes.findLast(node => Math.max(...node.size) >= Math.max(...model.input.slice(1)) / 8) ?? model.nodes.at(-1);
}

/** The layers, grouped by the first part of their names. */
function groups(nodes) {
    const scopes = Map.groupBy(nodes, node => node.name.split('.')[0]);
    return [...scopes].map(([scope, members]) => {
        const options = members.map(node => element('option', { value: node.name }, `${node.name} · ${node.kind} · ${node.channels} of ${extents(node.size)}`));
        return options.length > 1 ? element('optgroup', { label: scope }, ...options) : options[0];
    });
}
