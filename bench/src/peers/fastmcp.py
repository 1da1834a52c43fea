"""A FastMCP server of a specification: `fastmcp.py SPEC API PORT`."""

import json
import sys

import httpx2
from fastmcp import FastMCP

specification, api, port = sys.argv[1:]
with open(specification) as file:
    server = FastMCP.from_openapi(
        openapi_spec=json.load(file), client=httpx2.AsyncClient(base_url=api), name="bench"
    )
server.run(
    transport="http",
    host="127.0.0.1",
    port=int(port),
    stateless_http=True,
    json_response=True,
    log_level="error",
    show_banner=False,
)
