// Answers the operations of `openapi.yaml`. The first line on standard output is its base URL.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

// An image of one pixel, half a millisecond of silence, and an archive without entries.
const image = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const audio = Buffer.from('UklGRigAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQQAAACAgICA', 'base64');
const archive = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

// Servers tell every two seconds that a call is under way; the suite wants to hear it three times.
const SLOW = 7000;

const answers = {
  'GET /text': () => [200, 'text/plain', 'This is a simple text response for testing.'],
  'GET /image': () => [200, 'image/png', image],
  'GET /audio': () => [200, 'audio/wav', audio],
  'GET /archive': () => [200, 'application/zip', archive],
  'GET /fault': () => [
    409,
    'application/problem+json',
    '{"title":"This tool intentionally returns an error for testing"}',
  ],
  'GET /slow': async () => {
    await sleep(SLOW);
    return [200, 'text/plain', 'It took a while.'];
  },
  'POST /contacts': (body) => [200, 'application/json', body],
};

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = answers[`${request.method} ${request.url}`];
  const [status, type, body] = (await answer?.(Buffer.concat(chunks))) ?? [404, 'text/plain', 'Nothing is here.'];
  response.writeHead(status, { 'content-type': type }).end(body);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
