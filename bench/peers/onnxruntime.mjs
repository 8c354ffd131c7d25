// Peer worker: ONNX Runtime on the CPU. Speaks the line protocol of bench/README.md over stdin and stdout.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { InferenceSession, Tensor, env } from 'onnxruntime-node';

/**
 * The most memory this process has held at once, in bytes.
 * On Linux the kernel's file is asked, because getrusage also remembers the process that started this one.
 */
function peakBytes() {
  if (process.platform === 'linux') {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'ascii'))[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024; // Node gives KiB on every platform
}

const startBytes = peakBytes();
let model; // what `load` was given
let feed; // session and input for one batch size
let lastOutput;

function load(folder, threads, batch) {
  const description = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const bytes = readFileSync(join(folder, 'input.bin'));
  const images = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  model = { folder, threads, description, images };
  return prepare(batch ?? description.batches[0]);
}

/** A session of the network exported for this batch size: with every size known, the runtime optimises best. */
async function prepare(batch) {
  await feed?.session.release();
  feed = undefined; // should the next line fail
  const session = await InferenceSession.create(join(model.folder, `model-batch${batch}.onnx`), {
    executionProviders: ['cpu'],
    intraOpNumThreads: model.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  feed = { batch, session, tensors: { input: new Tensor('float32', takeImages(batch), [batch, ...model.description.input]) } };
}

/** The first images of the reference input, from the beginning again when they run out. */
function takeImages(batch) {
  const size = model.description.input.reduce((a, b) => a * b);
  const values = new Float32Array(batch * size);
  for (let i = 0; i < batch; i++) {
    const from = (i % model.description.images) * size;
    values.set(model.images.subarray(from, from + size), i * size);
  }
  return values;
}

async function run(batch, count) {
  if (feed.batch !== batch) {
    await prepare(batch);
  }
  const milliseconds = [];
  for (let i = 0; i < count; i++) {
    const start = process.hrtime.bigint();
    const { output } = await feed.session.run(feed.tensors);
    milliseconds.push(Number(process.hrtime.bigint() - start) / 1e6);
    lastOutput = output;
  }
  return milliseconds;
}

function describeOutput() {
  const { data, dims } = lastOutput;
  return {
    shape: [...dims],
    sum: data.reduce((a, b) => a + b, 0),
    float32: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  };
}

async function answer(line) {
  let words;
  if ((words = /^load (.+?) ([1-9]\d*)(?: ([1-9]\d*))?$/.exec(line))) {
    await load(words[1], Number(words[2]), words[3] && Number(words[3]));
    return { model: model.description.name, threads: model.threads };
  }
  if ((words = /^run ([1-9]\d*) ([1-9]\d*)$/.exec(line))) {
    if (!feed) throw new Error('run: nothing is loaded');
    return { milliseconds: await run(Number(words[1]), Number(words[2])) };
  }
  if (line === 'output') {
    if (!lastOutput) throw new Error('output: nothing has run');
    return describeOutput();
  }
  if (line === 'peak') {
    return { peak_bytes: peakBytes(), start_bytes: startBytes };
  }
  throw new Error(`expected load PATH THREADS [BATCH], run BATCH N, output, peak or quit, found '${line}'`);
}

const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

say({ peer: 'onnxruntime', version: env.versions.node ?? env.versions.common });
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === 'quit') break;
  try {
    say(await answer(line.trim()));
  } catch (error) {
    say({ error: String(error.message ?? error).replaceAll('\n', ' ') });
  }
}
process.exit(0);
