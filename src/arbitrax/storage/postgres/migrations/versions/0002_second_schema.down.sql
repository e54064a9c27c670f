-- Corporate actions: what each source said last stays.
DELETE FROM corporate_actions AS older
USING corporate_actions AS newer
WHERE
    (older.asset_id, older.kind, older.ex_date, older.source) = (newer.asset_id, newer.kind, newer.ex_date, newer.source)
    AND older.ts_recv < newer.ts_recv;
DELETE FROM corporate_actions WHERE withdrawn;
ALTER TABLE corporate_actions
    DROP CONSTRAINT corporate_actions_once,
    DROP CONSTRAINT corporate_actions_pay_date,
    DROP COLUMN pay_date,
    DROP COLUMN withdrawn,
    DROP COLUMN ts_recv,
    ADD CONSTRAINT corporate_actions_once UNIQUE (asset_id, kind, ex_date, source);
