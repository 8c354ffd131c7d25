/** Figures as text. */

const units = [[1e12, ' T'], [1e9, ' G'], [1e6, ' M'], [1e3, ' k']];

/** A count with all digits: 25,557,032. */
export function exact(count) {
    return count === null || count === undefined ? '' : count.toLocaleString('en-US');
}

/** A count with three digits and a unit: 25.6 M. */
export function brief(count) {
    if (count === null || count === undefined) {
        return '';
    }

    const unit = units.find(([size]) => Math.abs(count) >= size * 0.9995);
    return unit ? threeDigits(count / unit[0]) + unit[1] : threeDigits(count);
}

function threeDigits(value) {
    const size = Math.abs(value);
    return Number.isInteger(value) && size < 1000 ? String(value) : value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** A number of bytes: 97.8 MB. */
export function bytes(count) {
    return count === null || count === undefined ? '' : count < 1000 ? `${count} B` : `${brief(count)}B`;
}

/** A share of 1 in percent. */
export function percent(share, digits = 1) {
    return share === null || share === undefined ? '' : `${(100 * share).toFixed(digits)}%`;
}

/** A time in milliseconds. */
export function milliseconds(value) {
    return value === null || value === undefined ? '' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value === 0 || value >= 0.0005 ? value.toFixed(3) : '<0.001';
}

/** A number with a few significant digits. */
export function decimal(value, digits = 4) {
    return value === null || value === undefined ? '' : Number.isInteger(value) ? exact(value) : String(Number(value.toPrecision(digits)));
}

/** A shape: 64×56×56. */
export function extents(list) {
    return list.join('×');
}

/** The share of zeros among parameters, or null where there are none. */
export function sparsity(parameters, nonZeros) {
    return parameters > 0 && nonZeros !== null && nonZeros !== undefined ? 1 - nonZeros / parameters : null;
}

/** Whether a network has zeros that someone has made, and not only the few that every network has, such as initial biases. */
export function isSparse(model) {
    return model.effective_macs !== null && model.effective_macs < 0.995 * model.macs;
}

/** A difference of two shares in percentage points. */
export function points(difference, unit = '') {
    return Math.abs(difference) < 5e-5 ? '' : `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(2)}${unit}`;
}

/** A relative change: −41%. */
export function change(before, after) {
    if (!before || after === null || after === undefined || before === after) {
        return '';
    }

    const relative = 100 * (after / before - 1);
    const text = Math.abs(relative) >= 10 ? Math.abs(relative).toFixed(0) : Math.abs(relative).toFixed(1);
    return Number(text) === 0 ? '' : `${relative < 0 ? '−' : '+'}${text}%`;
}
