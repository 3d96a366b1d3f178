"""The web server: waitress in a thread, started when the address answers and closed at the end."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from waitress.server import create_server

from tracker.errors import TrackerError
from tracker.web.app import create_app
from tracker.world import World

THREADS = 8
MOST_BYTES = 1_048_576


def run_until_closed(server: Any) -> None:  # noqa: ANN401 - waitress ships no types
    """Run the server's loop; a socket that is closed under it while it waits is the end we asked for."""
    with contextlib.suppress(OSError):
        server.run()


@contextlib.contextmanager
def serving(world: World, host: str, port: int) -> Iterator[str]:
    """Serve the site at host and port; gives its address once it answers. Raises `TrackerError` for a taken port."""
    try:
        server = create_server(
            create_app(world),
            host=host,
            port=port,
            threads=THREADS,
            ident="tracker",
            max_request_body_size=MOST_BYTES,
            max_request_header_size=65_536,
            # With trusted proxies the site itself reads X-Forwarded-For (tracker.web.proxy) and forgets the rest.
            clear_untrusted_proxy_headers=not world.settings.site.trusted_proxies,
        )
    except OSError as error:
        raise TrackerError(f"{host}:{port} can't be served: {error.strerror or error} (choose another PORT)") from error
    thread = threading.Thread(target=run_until_closed, args=(server,), name="web", daemon=True)
    thread.start()
    try:
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - only to show an address that opens
        with contextlib.suppress(OSError), socket.create_connection((shown, server.effective_port), timeout=5):
            pass
        yield f"http://{shown}:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=5)
