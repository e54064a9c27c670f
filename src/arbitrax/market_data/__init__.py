"""From files and vendors to bars that can be trusted."""
