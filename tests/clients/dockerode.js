// Does with dockerode what people do with it: dockerode.js, with DOCKER_HOST set. Ends with the
// status 0 when every step went as on a real engine.
const assert = require('node:assert');
const { PassThrough } = require('node:stream');
const Docker = require('dockerode');

const docker = new Docker();
const steps = [];
const step = (name, run) => steps.push([name, run]);

const follow = (stream) =>
  new Promise((resolve, reject) =>
    docker.modem.followProgress(stream, (error, lines) => (error ? reject(error) : resolve(lines))));

const collect = (stream) => {
  let text = '';
  stream.on('data', (chunk) => { text += chunk; });
  return () => text;
};

step('an image is pulled', async () => {
  const lines = await follow(await docker.pull('alpine:3.22'));
  assert(lines.some((line) => /^Status: /.test(line.status)));
});

step('a container runs to its end', async () => {
  const out = new PassThrough();
  const written = collect(out);
  const [result, container] = await docker.run('alpine:3.22', ['echo', 'hello'], out);
  assert.strictEqual(result.StatusCode, 0);
  assert.match(written(), /hello/);
  await container.remove();
});

step('streams are told apart', async () => {
  const container = await docker.createContainer({
    Image: 'alpine:3.22', Cmd: ['sh', '-c', 'read x; echo "got $x"; echo e >&2'],
    OpenStdin: true, StdinOnce: true,
  });
  const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
  const out = new PassThrough();
  const err = new PassThrough();
  const [outText, errText] = [collect(out), collect(err)];
  docker.modem.demuxStream(stream, out, err);
  await container.start();
  stream.end('typed\n');
  await container.wait();
  await new Promise((done) => setTimeout(done, 100));
  assert.strictEqual(outText(), 'got typed\n');
  assert.strictEqual(errText(), 'e\n');
  await container.remove();
});

step('an exec is started and inspected', async () => {
  const container = await docker.createContainer({ Image: 'alpine:3.22', Cmd: ['sleep', '300'] });
  await container.start();
  const exec = await container.exec({ Cmd: ['sh', '-c', 'echo x; exit 4'], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: false });
  const out = new PassThrough();
  const text = collect(out);
  docker.modem.demuxStream(stream, out, out);
  await new Promise((done) => stream.on('end', done));
  assert.strictEqual(text(), 'x\n');
  assert.strictEqual((await exec.inspect()).ExitCode, 4);
  await container.remove({ force: true });
});

step('what is not there is told', async () => {
  await assert.rejects(docker.getContainer('nosuch').inspect(), (error) => error.statusCode === 404);
});

(async () => {
  let failed = 0;
  for (const [name, run] of steps) {
    try {
      await run();
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}: ${error.stack}`);
    }
  }
  console.log(`dockerode: ${steps.length - failed} of ${steps.length} steps went as on a real engine`);
  process.exit(failed ? 1 : 0);
})();
