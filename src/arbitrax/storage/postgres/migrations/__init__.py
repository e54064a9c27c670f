"""The schema's history, run by Alembic: ``versions/NNNN_name.py`` with its ``.up.sql`` and ``.down.sql``.

Adding a revision: number it one higher and set `arbitrax.storage.postgres.schema.HEAD` to it; a test compares the two.
"""
