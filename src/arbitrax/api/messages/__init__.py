"""What goes over the wire, a module each resource. Decimals are strings, times ISO 8601 in UTC."""
