ALTER TABLE users
    ADD COLUMN must_change_password  BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN password_changed_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    ADD COLUMN last_login_at         TIMESTAMPTZ,
    ADD COLUMN version               INTEGER NOT NULL DEFAULT 1,
    ADD CONSTRAINT users_name_is_plain CHECK (name ~ '^[a-z0-9][a-z0-9._@-]*$');
COMMENT ON COLUMN users.version IS 'counts changes: the ETag of the user';

ALTER TABLE api_keys
    ADD COLUMN hint       VARCHAR(16) NOT NULL DEFAULT '',
    ADD COLUMN addresses  CIDR[] NOT NULL DEFAULT '{}',
    -- A revoked key gives its name free.
    DROP CONSTRAINT api_keys_name;
CREATE UNIQUE INDEX api_keys_name ON api_keys (user_id, name) WHERE revoked_at IS NULL;
COMMENT ON COLUMN api_keys.hint IS 'the first characters of the key, to recognise it by';
COMMENT ON COLUMN api_keys.addresses IS 'the key counts from these only; empty: from anywhere';

-- A login lives as long as its chain of refresh tokens; each is used once and gives the next.
CREATE TABLE logins (
    id          UUID PRIMARY KEY,
    user_id     UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    address     INET,
    expires_at  TIMESTAMPTZ NOT NULL,
    revoked_at  TIMESTAMPTZ,
    reason      VARCHAR(32),
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT logins_expire_later CHECK (expires_at > created_at),
    CONSTRAINT logins_say_why CHECK ((revoked_at IS NULL) = (reason IS NULL)),
    CONSTRAINT logins_reason_known CHECK (
        reason IN ('logout', 'token_reused', 'password_changed', 'user_changed')
    )
);
CREATE INDEX logins_of_user ON logins (user_id);
CREATE INDEX logins_expired ON logins (expires_at);

CREATE TABLE refresh_tokens (
    token_hash  TEXT PRIMARY KEY,
    login_id    UUID NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    used_at     TIMESTAMPTZ,
    expires_at  TIMESTAMPTZ NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    CONSTRAINT refresh_tokens_hash_is_sha256 CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT refresh_tokens_expire_later CHECK (expires_at > created_at)
);
CREATE INDEX refresh_tokens_of_login ON refresh_tokens (login_id);

-- Public halves: any gateway verifies what another signed. Private halves are in a file of their home.
CREATE TABLE signing_keys (
    id          VARCHAR(64) PRIMARY KEY,
    public_key  BYTEA NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    CONSTRAINT signing_keys_are_ed25519 CHECK (octet_length(public_key) = 32),
    CONSTRAINT signing_keys_expire_later CHECK (expires_at > created_at)
);

-- Grows with each change that takes rights away, in its transaction. Gateways look at it four times a second and
-- forget what they had verified.
CREATE TABLE identity_version (
    only_row    BOOLEAN PRIMARY KEY DEFAULT true,
    version     BIGINT NOT NULL DEFAULT 1,
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT identity_version_only_row CHECK (only_row)
);
INSERT INTO identity_version DEFAULT VALUES;

CREATE TABLE audit_log (
    id          UUID PRIMARY KEY,
    user_id     UUID REFERENCES users (id) ON DELETE SET NULL,
    actor       VARCHAR(128) NOT NULL,
    key_id      UUID,
    action      VARCHAR(64) NOT NULL,
    subject     VARCHAR(200),
    detail      JSONB NOT NULL DEFAULT '{}',
    address     INET,
    request_id  VARCHAR(64),
    created_at  TIMESTAMPTZ NOT NULL,
    CONSTRAINT audit_log_says_what CHECK (actor <> '' AND action <> ''),
    CONSTRAINT audit_log_detail_is_object CHECK (jsonb_typeof(detail) = 'object')
);
CREATE INDEX audit_log_of_user ON audit_log (user_id, id);

ALTER TABLE idempotency_keys
    ADD COLUMN location  TEXT;

ALTER TABLE backtests
    ADD COLUMN owner_id  UUID REFERENCES users (id) ON DELETE RESTRICT;
CREATE INDEX backtests_of_owner ON backtests (owner_id, created_at DESC, id DESC);
COMMENT ON COLUMN backtests.owner_id IS 'NULL: the operator of the command line';
