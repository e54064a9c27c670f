"""PostgreSQL, the record: bars with their revisions, how they came in, assets, and finished runs.

    connection.py         connections, opened when first needed; the read replica; a sentence for each failure
    schema.py             which schema the database has; bring it to this release's
    bar_store.py          `PostgresBarStore`, the port for bars, with caches in front of reads
    bar_reads.py          a series, a range of it, its newest bars, its past: each of one moment
    series_writer.py      writing the bars of one series: what every way in goes through
    stored_difference.py  which bars are new, changed or known
    committed.py          what the caches learn after a commit
    bar_rows.py           bars to and from binary COPY and arrays
    ingestion_store.py    `PostgresIngestionStore`: requests, chunks, and saving a chunk whole
    quarantine.py         rows set aside
    quality_store.py      `PostgresQualityStore`: reports, quarantine, repairs
    repairs.py            changing stored bars on request, with the audit; repair_rows.py: as rows
    asset_store.py        `PostgresAssetStore`, the catalogue
    holders.py            which asset a symbol means to a writer
    schedule_store.py     `PostgresScheduleStore`: what is ingested regularly
    action_store.py       `PostgresActionStore`: corporate actions
    run_store.py          `PostgresRunStore`, the port for runs
    run_rows.py           runs to and from statement parameters and binary COPY
    arrays.py             NumPy arrays as statement parameters and results
    summary.py            what `arbitrax doctor` shows
    sql/                  every statement, a file each
    migrations/           the schema's history

Nothing here imports SQLAlchemy or Alembic except `schema.upgrade`: commands that run a backtest pay for psycopg alone.
"""
