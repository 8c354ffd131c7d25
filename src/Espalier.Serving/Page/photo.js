/** A photo with what models say about it; each answer is asked for once. */

import { limited, postPhoto } from './server.js';

const top = 8;
const classifying = limited(4);
const explaining = limited(1);

/** Creates a photo of a file. */
export function createPhoto(file, name) {
    const answers = new Map();
    const once = (key, ask) => {
        if (!answers.has(key)) {
            answers.set(key, ask().catch(error => {
                answers.delete(key);
                throw error;
            }));
        }

        return answers.get(key);
    };
    const classify = model => classifying(() => postPhoto('v1/classify', { model: model.name, version: model.version, top }, file));
    const explain = (model, parameters) => once(JSON.stringify([model.name, model.version, parameters]), () => explaining(() => postPhoto('v1/explain', { model: model.name, version: model.version, ...parameters }, file)).then(({ answer }) => answer));
    return {
        name,
        url: URL.createObjectURL(file),
        /** The most probable classes, and the milliseconds of the request. */
        classify: model => once(JSON.stringify([model.name, model.version]), () => classify(model)),
        /** The same, asked again for its times. */
        time: async model => (await classify(model)).times,
        /** The class activation map of a class. */
        map: (model, index) => explain(model, { kind: 'cam', class: index }),
        /** The feature maps of a node. */
        features: (model, node) => explain(model, { kind: 'maps', node }),
        forget() {
            URL.revokeObjectURL(this.url);
        },
    };
}
