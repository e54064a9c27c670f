-- The same order again has the first answer: what its command came to, whatever happened to the order since.
ALTER TABLE orders
    ADD COLUMN executed_at      TIMESTAMPTZ,
    ADD COLUMN answer_events    INTEGER,
    ADD COLUMN answer_quantity  DECIMAL,
    ADD COLUMN answer_open      DECIMAL,
    ADD CONSTRAINT orders_answer CHECK (
        num_nulls(answer_events, answer_quantity, answer_open) IN (0, 3)
        AND (account_id IS NOT NULL OR num_nonnulls(executed_at, answer_events) = 0)
    );
COMMENT ON COLUMN orders.executed_at IS 'when its command had been executed, by the journal''s clock; NULL: it was not told';
COMMENT ON COLUMN orders.answer_events IS 'events of its command from event_id on: fills among them are of the first answer';
COMMENT ON COLUMN orders.answer_quantity IS 'what was asked for when it was accepted';
COMMENT ON COLUMN orders.answer_open IS 'what was open when its command was over';
