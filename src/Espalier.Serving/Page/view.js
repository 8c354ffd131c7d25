/** What one model says about a photo: the photo with a map, the answers with their probabilities, the times. */

import { element } from './dom.js';
import { milliseconds, percent } from './format.js';
import { createStage } from './stage.js';

const usualCover = 0.55;
let views = 0;

/** Creates the view; its answers and maps come later. */
export function createView(photo, model, place, isPair) {
    const stage = createStage(photo);
    const note = element('p', { class: 'note quiet', role: 'status' });
    const answers = element('div', { class: 'answers' }, element('p', { class: 'quiet waiting' }, 'Asking the model …'));
    const times = element('p', { class: 'times quiet' });
    const cover = slider(stage);
    stage.setOpacity(usualCover);
    const title = element('h3', { class: isPair ? `model-${place}` : null }, model.name);
    const root = element('article', { class: 'view', 'aria-label': `${model.name}: ${photo.name}` },
        element('div', { class: 'seen' }, stage.root, cover, note),
        element('div', { class: 'said' }, title, answers, times));

    async function explain(index) {
        note.textContent = 'Computing the map …';
        root.dataset.map = 'computing';
        try {
            const map = await photo.map(model, index);
            stage.showMap(map);
            note.textContent = `${map.method === 'score-cam' ? 'Score-CAM' : map.method === 'cam' ? 'CAM' : 'Grad-CAM'} at ${map.node}: yellow is where the photo most makes the network see ${map.label}.`;
            root.dataset.map = 'shown';
        } catch (error) {
            note.textContent = `No map: ${error.message}.`;
            root.dataset.map = 'failed';
        }
    }

    async function load() {
        try {
            const { answer, times: measured } = await photo.classify(model);
            answers.replaceChildren(answerList(answer.predictions, explain));
            times.textContent = timesText(measured);
            await explain(answer.predictions[0].class);
            return { answer, times: measured };
        } catch (error) {
            answers.replaceChildren(element('p', { class: 'error', role: 'alert' }, `No answer: ${error.message}.`));
            cover.hidden = true;
            return null;
        }
    }

    return { root, stage, model, load };
}

function slider(stage) {
    const input = element('input', { type: 'range', min: 0, max: 100, value: 100 * usualCover, oninput: event => stage.setOpacity(event.target.value / 100) });
    return element('label', { class: 'field cover' }, element('span', {}, 'Photo'), input, element('span', {}, 'Map'), element('span', { class: 'only-read' }, 'Opacity of the map'));
}

/** The answers as a choice: the chosen one is what the map shows. */
function answerList(predictions, onchoose) {
    const group = `answers-${views++}`;
    return element('fieldset', {}, element('legend', {}, 'Answers'), ...predictions.map((prediction, place) => {
        const fill = element('span', { class: 'fill' });
        fill.style.setProperty('--share', prediction.probability);
        return element('label', { class: 'answer' },
            element('input', { type: 'radio', name: group, value: prediction.class, checked: place === 0, onchange: () => onchoose(prediction.class) }),
            element('span', { class: 'name' }, prediction.label),
            element('span', { class: 'share' }, percent(prediction.probability)),
            element('span', { class: 'track', 'aria-hidden': 'true' }, fill));
    }));
}

function timesText({ decode, wait, compute }) {
    return compute === undefined ? '' : `${milliseconds(compute)} ms for the network, ${milliseconds(decode)} ms to decode the photo, ${milliseconds(wait)} ms in the queue.`;
}
