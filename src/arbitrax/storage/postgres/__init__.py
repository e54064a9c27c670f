"""PostgreSQL, the record: bars with their revisions, and finished runs.

    connection.py   one connection, opened when first needed, and a sentence for each failure
    schema.py       which schema the database has; bring it to this release's
    bar_store.py    `PostgresBarStore`, the port for bars: first loads, merges, reads, the cache
    bar_rows.py     bars to and from binary COPY
    run_store.py    `PostgresRunStore`, the port for runs
    run_rows.py     runs to and from statement parameters and binary COPY
    arrays.py       NumPy arrays as statement parameters
    summary.py      what `arbitrax doctor` shows
    sql/            every statement, a file each
    migrations/     the schema's history

Nothing here imports SQLAlchemy or Alembic except `schema.upgrade`: commands that run a backtest pay for psycopg alone.
"""
