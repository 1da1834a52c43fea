// Lists the tools and makes calls with version 2 of the TypeScript SDK.
//
// usage: ts2.mjs URL TOKEN '[["tool", {"argument": 1}], …]' legacy|auto
// Prints {"protocol": …, "tools": […], "results": […]}.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const [url, token, calls, mode] = process.argv.slice(2);
const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
const headers = { Authorization: `Bearer ${token}` };
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));

// Follows the pages by itself.
const { tools } = await client.listTools();
const results = [];
for (const [name, args] of JSON.parse(calls)) {
  const result = await client.callTool({ name, arguments: args });
  results.push({ error: result.isError ?? false, value: result.structuredContent ?? null });
}
const protocol = client.getNegotiatedProtocolVersion();
console.log(JSON.stringify({ protocol, tools: tools.map((tool) => tool.name), results }));
await client.close();
