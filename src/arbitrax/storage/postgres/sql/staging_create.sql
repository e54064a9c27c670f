CREATE TEMPORARY TABLE incoming_bars (
    asset_id   UUID NOT NULL,
    interval   TEXT NOT NULL,
    timestamp  TIMESTAMPTZ NOT NULL,
    open       NUMERIC,
    high       NUMERIC,
    low        NUMERIC,
    close      NUMERIC,
    volume     NUMERIC,
    adj_close  NUMERIC,
    source     TEXT NOT NULL,
    is_final   BOOLEAN NOT NULL,
    ts_recv    TIMESTAMPTZ NOT NULL
) ON COMMIT DROP
