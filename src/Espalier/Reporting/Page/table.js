/** Tables whose rows are sorted by a click on a column's heading. */

import { element } from './dom.js';

const longest = 40; // letters of a name that is not broken into lines
const collator = new Intl.Collator('en', { numeric: true });

/**
 * Creates a table.
 * @param caption its name
 * @param columns { label, value(row), text(value, row), isNumber, isLong, title, bar }: the value sorts, the text is shown; bar draws the share of the greatest value
 * @param rows the rows, in the order in which they are shown at first
 * @param options { sorted: { column, down }, empty: what is said where there are no rows }
 */
export function table(caption, columns, rows, options = {}) {
    let order = options.sorted ?? null;
    const body = element('tbody');
    const headings = columns.map((column, place) => element('th', { scope: 'col', class: column.isNumber ? 'number' : null },
        element('button', { type: 'button', title: column.title, onclick: () => sort(place) }, column.label)));
    const most = columns.map(column => column.bar ? Math.max(...rows.map(row => column.value(row) ?? 0)) : 0);
    const cell = (column, place, row) => {
        const value = column.value(row);
        const text = column.text ? column.text(value, row) : value ?? '';
        const content = place === 0 ? element('th', { scope: 'row', class: String(value).length > longest ? 'long' : null }, text) : element('td', { class: column.isNumber ? 'number' : column.isLong ? 'long' : null }, text);
        if (column.bar && value > 0 && most[place] > 0) {
            content.classList.add('barred');
            content.style.setProperty('--share', (value / most[place]).toFixed(3));
        }

        return content;
    };
    const made = new Map(); // rows are drawn once
    const rowOf = row => made.get(row) ?? made.set(row, element('tr', {}, ...columns.map((column, place) => cell(column, place, row)))).get(row);
    const compare = (column, down) => (a, b) => {
        const [x, y] = [column.value(a), column.value(b)];
        const isLast = value => value === null || value === undefined || value === '';
        return isLast(x) || isLast(y) ? isLast(x) - isLast(y) : (down ? -1 : 1) * (column.isNumber ? x - y : collator.compare(x, y));
    };
    const show = () => {
        const sorted = order ? [...rows].sort(compare(columns[order.column], order.down)) : rows;
        body.replaceChildren(...sorted.map(rowOf));
        headings.forEach((heading, place) => order?.column === place ? heading.setAttribute('aria-sort', order.down ? 'descending' : 'ascending') : heading.removeAttribute('aria-sort'));
    };
    const sort = place => {
        const first = columns[place].isNumber === true;
        order = order?.column !== place ? { column: place, down: first } : order.down === first ? { column: place, down: !first } : null;
        show();
    };
    show();
    return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
        element('table', {}, element('caption', {}, caption), element('thead', {}, element('tr', {}, ...headings)), body));
}
