"""Write docs/openapi.json from the gateway's routes; a test compares them."""

from pathlib import Path

from arbitrax.api.openapi import openapi_text


def main() -> None:
    """Write it."""
    (Path(__file__).parents[1] / "docs" / "openapi.json").write_bytes(openapi_text())


if __name__ == "__main__":
    main()
