// Lists the tools and makes calls with version 1 of the TypeScript SDK.
//
// usage: ts1.mjs URL TOKEN '[["tool", {"argument": 1}], …]'
// Prints {"protocol": …, "tools": […], "results": […]}.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [url, token, calls] = process.argv.slice(2);
const client = new Client({ name: 'test', version: '1' });
const headers = { Authorization: `Bearer ${token}` };
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
await client.connect(transport);

const tools = [];
let cursor;
do {
  const page = await client.listTools({ cursor });
  tools.push(...page.tools);
  cursor = page.nextCursor;
} while (cursor);
const results = [];
for (const [name, args] of JSON.parse(calls)) {
  const result = await client.callTool({ name, arguments: args });
  results.push({ error: result.isError ?? false, value: result.structuredContent ?? null });
}
const protocol = transport.protocolVersion;
console.log(JSON.stringify({ protocol, tools: tools.map((tool) => tool.name), results }));
await client.close();
