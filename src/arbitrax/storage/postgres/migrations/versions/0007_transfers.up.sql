-- Cash that moves between two accounts, of one shard or two, in journaled steps whose identities follow from `number`.
CREATE TABLE exchange_transfers (
    number      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          VARCHAR(32) NOT NULL UNIQUE,
    source_id   UUID NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
    target_id   UUID NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
    amount      DECIMAL NOT NULL,
    state       VARCHAR(16) NOT NULL DEFAULT 'begun',
    reason      VARCHAR(64) NOT NULL DEFAULT '',
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT exchange_transfers_id_is_printable CHECK (id ~ '^[!-~]+$'),
    CONSTRAINT exchange_transfers_two_accounts CHECK (source_id <> target_id),
    CONSTRAINT exchange_transfers_amount CHECK (amount > 0 AND amount < 'Infinity'),
    CONSTRAINT exchange_transfers_state_known CHECK (
        state IN ('begun', 'debited', 'done', 'refused', 'returning', 'returned')
    ),
    CONSTRAINT exchange_transfers_reason CHECK ((reason <> '') = (state IN ('refused', 'returning', 'returned')))
);
CREATE INDEX exchange_transfers_unfinished ON exchange_transfers (number)
WHERE state IN ('begun', 'debited', 'returning');
COMMENT ON COLUMN exchange_transfers.id IS 'whoever asks again under it asks for the same transfer';
COMMENT ON COLUMN exchange_transfers.state IS 'debited: the source has paid; returning: the target refused, the source gets it back';
COMMENT ON COLUMN exchange_transfers.reason IS 'the code of the refusal';
