/** Builds the report from the data in the page: what is seen first at once, long tables when the browser has time. */

import { element } from './dom.js';
import { evaluationSection } from './evaluation.js';
import { explanationsSection } from './explanations.js';
import { head, inputSection } from './figures.js';
import { graphSection } from './graphs.js';
import { layersSection } from './layers.js';
import { ledgerSection } from './ledger.js';
import { pruningSection } from './pruning.js';
import { themeButton } from './theme.js';
import { trainingSection } from './training.js';

function build(data) {
    data.models.flatMap(model => model.nodes).forEach(node => { node.attributes = node.op.slice(node.kind.length + 1, -1); });
    themeButton(document.getElementById('theme'));
    const main = document.getElementById('content');
    const [graph, layers] = [graphSection(data), layersSection(data)];
    const sections = [ledgerSection(data), pruningSection(data), graph.result, layers.result, evaluationSection(data), explanationsSection(data), trainingSection(data), inputSection(data)].filter(Boolean);
    main.replaceChildren(head(data), ...sections);
    document.getElementById('contents').append(...sections.map(each => element('li', {}, element('a', { href: `#${each.id}` }, each.querySelector('h2').textContent))));
    document.getElementById('origin').textContent = `Written by Espalier ${data.version}. Everything that the page shows is in this file.`;
    graph.fit();
    document.documentElement.dataset.ready = performance.now().toFixed(0);
    const drawLayers = () => {
        layers.draw();
        document.documentElement.dataset.complete = performance.now().toFixed(0);
    };
    window.requestIdleCallback ? requestIdleCallback(drawLayers, { timeout: 1000 }) : setTimeout(drawLayers, 50);
}

build(JSON.parse(document.getElementById('data').textContent));
