/** Draws maps over photos as the library does: bilinear between the centres of cells, in the colours of viridis. */

const side = 512;
const shade = 150;

// Powers 0 to 6 of red, green and blue: Matt Zucker's polynomials (public domain) of matplotlib's table.
const powers = [
    [0.2777273272234177, 0.1050930431085774, -0.3308618287255563, -4.634230498983486, 6.228269936347081, 4.776384997670288, -5.435455855934631],
    [0.005407344544966578, 1.404613529898575, 0.214847559468213, -5.799100973351585, 14.17993336680509, -13.74514537774601, 4.645852612178535],
    [0.3340998053353061, 1.384590162594685, 0.09509516302823659, -19.33244095627987, 56.69055260068105, -65.35303263337234, 26.3124352495832],
];

const table = Array.from({ length: 256 }, (_, i) => powers.map(each => Math.round(255 * Math.min(1, Math.max(0, each.reduceRight((sum, power) => sum * (i / 255) + power, 0))))));

/** Colours a canvas with a class activation map; what the network has not seen is dark. */
export function drawHeat(canvas, map) {
    const scale = side / Math.max(map.width, map.height);
    canvas.width = Math.max(1, Math.round(map.width * scale));
    canvas.height = Math.max(1, Math.round(map.height * scale));
    const context = canvas.getContext('2d');
    const pixels = context.createImageData(canvas.width, canvas.height);
    const rows = positions(canvas.height, map.height, map.input.in_photo.top, map.input.in_photo.bottom, map.map.length);
    const columns = positions(canvas.width, map.width, map.input.in_photo.left, map.input.in_photo.right, map.map[0].length);
    const range = map.high - map.low;
    rows.forEach((row, y) => columns.forEach((column, x) => {
        const at = 4 * (y * canvas.width + x);
        if (row === null || column === null) {
            pixels.data[at + 3] = shade;
            return;
        }

        const value = range > 0 ? (between(map.map, row, column) - map.low) / range : 0;
        pixels.data.set(table[Math.round(255 * Math.min(1, Math.max(0, value)))], at);
        pixels.data[at + 3] = 255;
    }));
    context.putImageData(pixels, 0, 0);
}

/** For each pixel of an axis its place among the cells of the map: { first, second, share }, or null where there is none. */
function positions(extent, photo, start, end, cells) {
    return Array.from({ length: extent }, (_, i) => {
        const inside = ((i + 0.5) * photo / extent - start) / (end - start);
        if (inside < 0 || inside >= 1) {
            return null;
        }

        const place = Math.min(cells - 1, Math.max(0, inside * cells - 0.5));
        const first = Math.floor(place);
        return { first, second: Math.min(cells - 1, first + 1), share: place - first };
    });
}

function between(map, row, column) {
    const across = line => line[column.first] * (1 - column.share) + line[column.second] * column.share;
    return across(map[row.first]) * (1 - row.share) + across(map[row.second]) * row.share;
}
