/** The page of a server: photos come in, models answer. */

import { createComparison } from './comparison.js';
import { choice, element, section } from './dom.js';
import { createIntake } from './intake.js';
import { createMaps } from './maps.js';
import { modelsSection } from './models.js';
import { createPhoto } from './photo.js';
import { getJson, hasToken, setToken } from './server.js';
import { createStrip } from './strip.js';
import { themeButton } from './theme.js';
import { createView } from './view.js';

const main = document.getElementById('content');

/** Asks for the models, and for a token where the server wants one. */
async function start() {
    try {
        const { models, server_version: version } = await getJson('v1/models');
        document.getElementById('origin').textContent = `Espalier ${version}. Photos are sent to ${location.host} and to no other server.`;
        build(models);
    } catch (error) {
        main.replaceChildren(error.status === 401 ? tokenForm(error) : element('section', {}, element('p', { class: 'error', role: 'alert' }, `The models are not known: ${error.message}.`), element('button', { type: 'button', onclick: start }, 'Try again')));
    }

    document.documentElement.dataset.complete = performance.now().toFixed(0);
}

function tokenForm(error) {
    const input = element('input', { type: 'password', autocomplete: 'current-password', required: true, name: 'token' });
    const form = element('form', { class: 'token', onsubmit: event => {
        event.preventDefault();
        setToken(input.value);
        start();
    } }, element('h1', {}, 'This server wants a token'), hasToken() && element('p', { class: 'error', role: 'alert' }, `${error.message}.`), element('label', { class: 'field' }, element('span', {}, 'Token'), input), element('button', {}, 'Continue'));
    return element('section', {}, form);
}

function build(all) {
    const models = all.filter(model => model.photos);
    const chosen = { first: models[0], second: null };
    const photos = [];
    let opened = null;
    const open = element('div', { class: 'open' });
    const strip = createStrip(photo => show(photo));
    const tools = element('div', { class: 'tools', hidden: true });
    const photoSection = section('photos', 'Photos', tools, strip.root, open);
    const hero = element('section', { class: 'hero', 'aria-label': 'Add photos' },
        element('div', { class: 'title' }, element('h1', {}, 'See what the network sees'), element('p', { class: 'lead' }, 'Drop photos to get answers, the part of the picture that gave them, and the feature maps behind them.')),
        models.length > 0 ? createIntake(add) : element('p', { class: 'error' }, 'None of this server’s models says how photos become its input, so they take tensors only.'));
    photoSection.hidden = true;

    function add(files) {
        const added = files.map((file, i) => createPhoto(file, file.name || `pasted ${photos.length + i + 1}`));
        photos.push(...added);
        for (const photo of added) {
            strip.add(photo);
            strip.answer(photo, chosen.first);
        }

        if (added.length > 0) {
            photoSection.hidden = tools.hidden = false;
            document.documentElement.classList.add('has-photos');
            show(added[0]);
        }
    }

    function show(photo) {
        opened = photo;
        strip.open(photo);
        const pair = chosen.second ? [chosen.first, chosen.second] : [chosen.first];
        const views = pair.map((model, place) => createView(photo, model, place, pair.length > 1));
        const comparison = pair.length > 1 ? createComparison(photo, pair) : null;
        const maps = chosen.first.nodes.length > 0 ? createMaps(photo, chosen.first, views[0].stage) : null;
        if (pair.length === 1 && maps) {
            views[0].root.querySelector('.said').append(maps.root);
        }

        open.replaceChildren(element('div', { class: pair.length > 1 ? 'views two' : 'views' }, ...views.map(view => view.root)), ...[comparison?.root, pair.length > 1 && maps?.root].filter(Boolean));
        const answers = Promise.all(views.map(view => view.load()));
        answers.then(results => {
            comparison?.show(results);
            return results[0] && maps?.load();
        });
    }

    function remove() {
        const place = photos.indexOf(opened);
        photos.splice(place, 1);
        strip.remove(opened);
        opened.forget();
        if (photos.length > 0) {
            show(photos[Math.min(place, photos.length - 1)]);
        } else {
            open.replaceChildren();
            photoSection.hidden = true;
            document.documentElement.classList.remove('has-photos');
            document.getElementById('choose').focus();
        }
    }

    function choose(which, name) {
        chosen[which] = models.find(model => model.name === name) ?? null;
        photos.forEach(photo => strip.answer(photo, chosen.first));
        show(opened);
    }

    const words = models.map(model => [model.name, model.name]);
    tools.append(...[
        models.length > 1 && choice('Model', words, chosen.first.name, name => choose('first', name)),
        models.length > 1 && choice('Beside it', [['', 'none'], ...words], '', name => choose('second', name)),
        element('button', { type: 'button', onclick: remove }, 'Remove this photo'),
    ].filter(Boolean));
    main.replaceChildren(hero, photoSection, modelsSection(all));
}

themeButton(document.getElementById('theme'));
start();
