"""What a Valkey says of itself, for `arbitrax doctor`."""

from urllib.parse import urlsplit

from arbitrax.domain.errors import StoreUnavailableError


def server_version(url: str) -> str:
    """Return name and version of the server at a URL, such as ``valkey 9.1.2``.

    Raises:
        StoreUnavailableError: nobody answers, or refuses us.
    """
    import valkey  # a third of a second: only when asked

    parts = urlsplit(url)
    where = f"{parts.hostname or ''}:{parts.port or 6379}" if parts.scheme != "unix" else parts.path
    try:
        with valkey.Valkey.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            told = client.info("server")
    except (valkey.exceptions.ValkeyError, OSError, ValueError) as error:
        raise StoreUnavailableError(
            f"The Valkey at {where} does not answer or refuses us ({type(error).__name__}); start it, or correct "
            "or unset its URL."
        ) from None
    name = told.get("server_name", "redis")
    return f"{name} {told.get(f'{name}_version') or told.get('redis_version')}"
