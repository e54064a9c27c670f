-- A client order id may come again when the engine has forgotten it: whether it is the same order says its body.
ALTER TABLE orders
    ADD COLUMN body BIGINT,
    ADD CONSTRAINT orders_body CHECK (body IS NULL OR account_id IS NOT NULL);
COMMENT ON COLUMN orders.body IS 'fold of what makes two submissions the same, as the engine counts it; without a client id none';

-- Cash paid in and out. With positions it is what an account has.
CREATE TABLE exchange_payments (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
    shard       SMALLINT NOT NULL,
    amount      DECIMAL NOT NULL,
    paid_at     TIMESTAMPTZ NOT NULL,
    orphaned    BOOLEAN NOT NULL DEFAULT false,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT exchange_payments_amount CHECK (amount <> 0 AND amount > '-Infinity' AND amount < 'Infinity')
);
CREATE INDEX exchange_payments_of_account ON exchange_payments (account_id, id);
COMMENT ON COLUMN exchange_payments.id IS 'the event''s';
COMMENT ON COLUMN exchange_payments.amount IS 'in the account''s currency; below 0: paid out';
COMMENT ON COLUMN exchange_payments.orphaned IS 'the journal lost it: it is as if it had never been';
