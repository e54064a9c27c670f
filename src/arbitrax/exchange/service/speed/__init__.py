"""How fast the service is: what is measured, with which commands, and how."""
