/** A photo with a map over it, and a part of it lit up. */

import { element, shape } from './dom.js';
import { drawHeat } from './heat.js';

const small = 256;

/** Creates the stage. */
export function createStage(photo) {
    const image = element('img', { src: photo.url, alt: photo.name });
    const heat = element('canvas', { class: 'heat', 'aria-hidden': 'true' });
    const [shade, frame] = [shape('path', { class: 'shade', 'fill-rule': 'evenodd' }), shape('rect', { class: 'frame' })];
    const light = shape('svg', { class: 'light', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, shade, frame);
    const root = element('div', { class: 'stage' }, image, heat, light);
    const size = (width, height) => {
        root.style.setProperty('--aspect', width / height);
        root.classList.toggle('small', Math.max(width, height) < small);
    };
    image.addEventListener('load', () => size(image.naturalWidth, image.naturalHeight));
    return {
        root,
        /** Shows a class activation map. */
        showMap(map) {
            size(map.width, map.height);
            drawHeat(heat, map);
            root.classList.add('mapped');
            root.dataset.class = map.class;
        },
        /** How much of the map covers the photo, from 0 to 1. */
        setOpacity(share) {
            root.style.setProperty('--cover', share);
        },
        /** Lights up a rectangle of a photo of the given size, or nothing. */
        lightUp(box, width, height) {
            root.classList.toggle('lit', box !== null);
            if (box !== null) {
                const { left, top, right, bottom } = box;
                light.setAttribute('viewBox', `0 0 ${width} ${height}`);
                shade.setAttribute('d', `M0 0H${width}V${height}H0ZM${left} ${top}H${right}V${bottom}H${left}Z`);
                Object.entries({ x: left, y: top, width: right - left, height: bottom - top }).forEach(([name, value]) => frame.setAttribute(name, value));
            }
        },
    };
}
