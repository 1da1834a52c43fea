"""Lists the tools and makes calls with version 1 of the MCP SDK.

usage: mcp1.py URL TOKEN '[["tool", {"argument": 1}], …]'
Prints {"protocol": …, "tools": […], "results": […]}.
"""

import asyncio
import json
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

url, token, calls = sys.argv[1:4]


async def main():
    headers = {"Authorization": f"Bearer {token}"}
    async with streamablehttp_client(url, headers=headers) as (read, write, _session):
        async with ClientSession(read, write) as client:
            protocol = (await client.initialize()).protocolVersion
            page = await client.list_tools()
            tools = [tool.name for tool in page.tools]
            while page.nextCursor:
                page = await client.list_tools(page.nextCursor)
                tools += [tool.name for tool in page.tools]
            results = []
            for name, arguments in json.loads(calls):
                result = await client.call_tool(name, arguments)
                results.append({"error": result.isError, "value": result.structuredContent})
            print(json.dumps({"protocol": protocol, "tools": tools, "results": results}))


asyncio.run(main())
