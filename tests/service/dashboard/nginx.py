"""Debian's nginx in front of a service, which it serves below a path."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import until

PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")

CONFIGURATION = """
daemon off; pid {folder}/pid; error_log stderr; worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location {path}/ {{
      proxy_pass {address}/;
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_request_buffering off;
      client_max_body_size 2g;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""


@contextmanager
def proxied(address: str, path: str, folder: Path) -> Iterator[str]:
    """The address at which nginx serves what is at `address`, below `path`."""
    if PROGRAM is None:
        pytest.skip(
            "NO TEST BELOW THE PATH OF A PROXY: there is no nginx; apt-get install nginx-light"
        )
    port = _free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=port, path=path, address=address)
    )
    process = subprocess.Popen([PROGRAM, "-c", configuration, "-p", folder])
    try:
        until(lambda: _answers(port))
        yield f"http://127.0.0.1:{port}{path}"
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
