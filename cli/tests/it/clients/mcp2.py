"""Lists the tools and makes calls with version 2 of the MCP SDK.

usage: mcp2.py URL TOKEN '[["tool", {"argument": 1}], …]' [auto|legacy]
Prints {"protocol": …, "tools": […], "results": […]}.
"""

import asyncio
import json
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

url, token, calls = sys.argv[1:4]
mode = (sys.argv[4:] or ["auto"])[0]


async def main():
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            protocol = client.session.protocol_version
            page = await client.list_tools()
            tools = [tool.name for tool in page.tools]
            while page.next_cursor:
                page = await client.list_tools(cursor=page.next_cursor)
                tools += [tool.name for tool in page.tools]
            results = []
            for name, arguments in json.loads(calls):
                result = await client.call_tool(name, arguments)
                results.append({"error": result.is_error, "value": result.structured_content})
            print(json.dumps({"protocol": protocol, "tools": tools, "results": results}))


asyncio.run(main())
