/**
 * The layered layout of a directed acyclic graph (Sugiyama 1981), for a level of the network: ranks by the longest path, one line of bends for all edges from one output, orders by
 * barycentres, and columns that keep long lines and the longest path straight (after Brandes and Köpf 2002).
 */

const gapAcross = 26;
const gapBetweenLines = 14;
const gapDown = 22;
const sweeps = 12;

/**
 * Places items.
 * @param items { id, width, height, order, first, last, inPort(source), outPort(source) }: the ports are offsets from the item's middle
 * @param edges { from, to, source }: ids of two items, and what flows
 * @returns { width, height, at: Map(id → { x, y }), lines: [{ source, points }] }: x of the middle, y of the upper edge
 */
export function layered(items, edges) {
    const vertices = new Map(items.map(item => [item.id, { ...item, ups: [], downs: [] }]));
    const order = id => vertices.get(id).order;
    const forward = edges.filter(edge => order(edge.from) < order(edge.to));
    rank(vertices, forward);
    const ranks = trunks(vertices, forward);
    sortRanks(ranks);
    const blocks = align(ranks);
    place(ranks, blocks);
    return positions(ranks, vertices, forward, edges.filter(edge => order(edge.from) > order(edge.to)));
}

function rank(vertices, edges) {
    const sorted = [...vertices.values()].sort((a, b) => a.order - b.order);
    const into = groupBy(edges, edge => edge.to);
    const outOf = groupBy(edges, edge => edge.from);
    const top = sorted.some(vertex => vertex.first) ? 1 : 0;
    for (const vertex of sorted) {
        vertex.rank = vertex.first ? 0 : Math.max(top, ...(into.get(vertex.id) ?? []).map(edge => vertices.get(edge.from).rank + 1));
    }

    for (const vertex of sorted.filter(each => !each.first && !into.has(each.id) && outOf.has(each.id))) {
        vertex.rank = Math.max(vertex.rank, Math.min(...outOf.get(vertex.id).map(edge => vertices.get(edge.to).rank)) - 1);
    }

    const last = Math.max(...sorted.map(vertex => vertex.last ? 0 : vertex.rank)) + 1;
    sorted.filter(vertex => vertex.last).forEach(vertex => { vertex.rank = last; });
    for (const vertex of sorted.toReversed()) {
        vertex.tail = Math.max(0, ...(outOf.get(vertex.id) ?? []).map(edge => vertices.get(edge.to).tail + 1));
    }
}

/** Adds a bend in each rank that an edge passes; edges with the same origin share them. */
function trunks(vertices, edges) {
    const ranks = [];
    const add = vertex => (ranks[vertex.rank] ??= []).push(vertex);
    [...vertices.values()].sort((a, b) => a.order - b.order).forEach(add);
    for (const all of groupBy(edges, edge => `${edge.from}\n${edge.source}`).values()) {
        const { source } = all[0];
        const line = [vertices.get(all[0].from)];
        const furthest = Math.max(...all.map(edge => vertices.get(edge.to).rank));
        for (let at = line[0].rank + 1; at < furthest; at++) {
            const bend = { isBend: true, width: 2, height: 0, order: line[0].order, rank: at, ups: [], downs: [], tail: 0, inPort: () => 0, outPort: () => 0 };
            connect(line.at(-1), bend, source);
            line.push(bend);
            add(bend);
        }

        all.forEach(edge => {
            const to = vertices.get(edge.to);
            edge.line = line.slice(0, to.rank - line[0].rank);
            connect(edge.line.at(-1), to, source);
        });
    }

    return Array.from(ranks, each => each ?? []);
}

function connect(from, to, source) {
    const segment = { from, to, source, start: from.outPort(source), end: to.inPort(source) };
    from.downs.push(segment);
    to.ups.push(segment);
}

function sortRanks(ranks) {
    number(ranks);
    let best = ranks.map(row => [...row]);
    let fewest = crossings(ranks);
    for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
        const down = sweep % 2 === 0;
        for (const row of down ? ranks : ranks.toReversed()) {
            row.forEach((vertex, place) => {
                const segments = down ? vertex.ups : vertex.downs;
                vertex.weight = segments.length === 0 ? place : mean(segments.map(segment => down ? segment.from.place + segment.start / 1e4 : segment.to.place + segment.end / 1e4));
            });
            row.sort((a, b) => a.weight - b.weight);
            row.forEach((vertex, place) => { vertex.place = place; });
        }

        const count = crossings(ranks);
        if (count < fewest) {
            fewest = count;
            best = ranks.map(row => [...row]);
        }
    }

    ranks.forEach((row, i) => row.splice(0, row.length, ...best[i]));
    number(ranks);
}

function number(ranks) {
    ranks.forEach(row => row.forEach((vertex, place) => { vertex.place = place; }));
}

function crossings(ranks) {
    let count = 0;
    for (const row of ranks) {
        const segments = row.flatMap(vertex => vertex.downs);
        for (let i = 0; i < segments.length; i++) {
            for (let j = i + 1; j < segments.length; j++) {
                count += (segments[i].from.place - segments[j].from.place) * (segments[i].to.place - segments[j].to.place) < 0 ? 1 : 0;
            }
        }
    }

    return count;
}

/** Joins vertices of neighbouring ranks into columns: lines of bends first, then the longest paths. */
function align(ranks) {
    const importance = segment => segment.from.isBend && segment.to.isBend ? Infinity : segment.from.isBend || segment.to.isBend ? -1 : segment.to.tail;
    for (const row of ranks) {
        const chosen = [];
        for (const segment of row.flatMap(vertex => vertex.downs).sort((a, b) => importance(b) - importance(a))) {
            const isFree = !segment.from.below && !segment.to.above;
            if (isFree && !chosen.some(other => (other.from.place - segment.from.place) * (other.to.place - segment.to.place) < 0)) {
                segment.from.below = segment;
                segment.to.above = segment;
                chosen.push(segment);
            }
        }
    }

    const blocks = [];
    for (const vertex of ranks.flat().filter(each => !each.above)) {
        const block = { members: [], x: 0 };
        for (let member = vertex, shift = 0; member; member = member.below?.to) {
            shift += member.above ? member.above.start - member.above.end : 0;
            member.shift = shift;
            member.block = block;
            block.members.push(member);
        }

        blocks.push(block);
    }

    return blocks;
}

const distance = (left, right) => (left.width + right.width) / 2 + (left.isBend && right.isBend ? gapBetweenLines : gapAcross);
const middle = vertex => vertex.block.x + vertex.shift;

/** Packs the columns to the left, then moves each towards what it is connected with. */
function place(ranks, blocks) {
    const neighbour = (vertex, by) => ranks[vertex.rank][vertex.place + by];
    for (let changed = true, pass = 0; changed && pass < 500; pass++) {
        changed = false;
        for (const row of ranks) {
            for (let i = 1; i < row.length; i++) {
                const least = middle(row[i - 1]) + distance(row[i - 1], row[i]);
                if (middle(row[i]) < least - 1e-6) {
                    row[i].block.x = least - row[i].shift;
                    changed = true;
                }
            }
        }
    }

    for (let pass = 0; pass < 10; pass++) {
        for (const block of pass % 2 === 0 ? blocks.toReversed() : blocks) {
            const pulls = block.members.flatMap(member => [
                ...member.ups.filter(segment => segment.from.block !== block).map(segment => middle(segment.from) + segment.start - segment.end - member.shift),
                ...member.downs.filter(segment => segment.to.block !== block).map(segment => middle(segment.to) + segment.end - segment.start - member.shift)]);
            if (pulls.length > 0) {
                const least = Math.max(...block.members.map(member => neighbour(member, -1)).map((left, i) => left ? middle(left) + distance(left, block.members[i]) - block.members[i].shift : -Infinity));
                const most = Math.min(...block.members.map(member => neighbour(member, 1)).map((right, i) => right ? middle(right) - distance(block.members[i], right) - block.members[i].shift : Infinity));
                block.x = Math.min(Math.max(mean(pulls), least), most);
            }
        }
    }
}

/** The result. Edges that lead upwards, as between groups that contain parts of each other's paths, are drawn straight. */
function positions(ranks, vertices, edges, upwards) {
    const all = ranks.flat();
    const left = Math.min(...all.map(vertex => middle(vertex) - vertex.width / 2));
    const right = Math.max(...all.map(vertex => middle(vertex) + vertex.width / 2));
    let y = 0;
    for (const row of ranks) {
        const height = Math.max(0, ...row.map(vertex => vertex.height));
        row.forEach(vertex => Object.assign(vertex, { x: middle(vertex) - left, y, bottom: vertex.isBend ? y + height : y + vertex.height }));
        y += height + gapDown;
    }

    const lines = edges.map(({ from, to, source, line }) => {
        const [start, end] = [vertices.get(from), vertices.get(to)];
        const bends = line.slice(1).flatMap(bend => [[bend.x, bend.y], [bend.x, bend.bottom]]);
        return { source, points: [[start.x + start.outPort(source), start.bottom], ...bends, [end.x + end.inPort(source), end.y]] };
    });
    for (const { from, to, source } of upwards) {
        const [start, end] = [vertices.get(from), vertices.get(to)];
        lines.push({ source, points: [[start.x + start.outPort(source), start.bottom], [end.x + end.inPort(source), end.y]] });
    }

    return { width: right - left, height: y - gapDown, at: new Map([...vertices.values()].map(vertex => [vertex.id, { x: vertex.x, y: vertex.y }])), lines };
}

function groupBy(list, key) {
    const groups = new Map();
    for (const each of list) {
        const name = key(each);
        groups.has(name) ? groups.get(name).push(each) : groups.set(name, [each]);
    }

    return groups;
}

function mean(values) {
    return values.reduce((sum, value) => sum + value, 0) / values.length;
}
