-- Corporate actions: a row is what a source said from ts_recv on. Rows are never changed or deleted, so that a run sees
-- again what it saw; of one kind and ex-date the row received last counts, and none does while that one is withdrawn.
ALTER TABLE corporate_actions
    ADD COLUMN pay_date   DATE,
    ADD COLUMN withdrawn  BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN ts_recv    TIMESTAMPTZ NOT NULL DEFAULT now(),
    DROP CONSTRAINT corporate_actions_once,
    ADD CONSTRAINT corporate_actions_once UNIQUE (asset_id, kind, ex_date, source, ts_recv),
    ADD CONSTRAINT corporate_actions_pay_date CHECK (pay_date IS NULL OR kind = 'dividend');
UPDATE corporate_actions SET ts_recv = created_at;
