/** Requests to the server that the page comes from. */

const key = 'espalier-token';
const mostTries = 6;

/** An error that the server has answered, or that it did not answer: status 0. */
export class ServerError extends Error {
    constructor(status, message) {
        super(message);
        this.status = status;
    }
}

/** Whether a token has been given. */
export function hasToken() {
    return token() !== null;
}

/** Keeps the token as long as the window is open. */
export function setToken(value) {
    sessionStorage.setItem(key, value);
}

/** The JSON object of an address. */
export async function getJson(address) {
    return (await request(address)).json();
}

/** The bytes of an address. */
export async function getFile(address) {
    return (await request(address)).blob();
}

/** Sends a photo; returns the answer, and the milliseconds of each stage where the server tells them. */
export async function postPhoto(address, parameters, photo) {
    const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined));
    const answer = await request(`${address}?${query}`, { method: 'POST', body: photo });
    return { answer: await answer.json(), times: timesOf(answer.headers.get('Server-Timing') ?? '') };
}

/** A function that runs at most so many tasks at once; the others wait for their turn. */
export function limited(most) {
    const waiting = [];
    let running = 0;
    const next = () => {
        if (running < most && waiting.length > 0) {
            running++;
            waiting.shift()();
        }
    };
    return task => new Promise((resolve, reject) => {
        waiting.push(() => task().then(resolve, reject).finally(() => {
            running--;
            next();
        }));
        next();
    });
}

function token() {
    return sessionStorage.getItem(key);
}

async function request(address, options = {}) {
    for (let tries = 1; ; tries++) {
        const answer = await send(address, options);
        if (answer.ok) {
            return answer;
        }

        const retry = Number(answer.headers.get('Retry-After'));
        if (answer.status !== 429 || tries === mostTries || !(retry > 0)) {
            throw new ServerError(answer.status, await messageOf(answer));
        }

        await new Promise(resolve => { setTimeout(resolve, 1000 * retry); });
    }
}

async function send(address, options) {
    try {
        return await fetch(address, { ...options, headers: hasToken() ? { Authorization: `Bearer ${token()}` } : {} });
    } catch {
        throw new ServerError(0, 'the server cannot be reached');
    }
}

async function messageOf(answer) {
    try {
        return (await answer.json()).error ?? `the server answered ${answer.status}`;
    } catch {
        return `the server answered ${answer.status}`;
    }
}

function timesOf(header) {
    return Object.fromEntries(header.split(',').map(stage => stage.trim().match(/^(\w+);dur=([\d.]+)$/)).filter(Boolean).map(([, name, milliseconds]) => [name, Number(milliseconds)]));
}
