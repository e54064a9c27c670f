ALTER TABLE backtests DROP COLUMN owner_id;
ALTER TABLE idempotency_keys DROP COLUMN location;
DROP TABLE audit_log;
DROP TABLE identity_version;
DROP TABLE signing_keys;
DROP TABLE refresh_tokens;
DROP TABLE logins;
DROP INDEX api_keys_name;
-- Two keys of a user may have had one name, one after the other; the older ones cannot be kept.
DELETE FROM api_keys WHERE revoked_at IS NOT NULL;
ALTER TABLE api_keys
    DROP COLUMN hint,
    DROP COLUMN addresses,
    ADD CONSTRAINT api_keys_name UNIQUE (user_id, name);
ALTER TABLE users
    DROP CONSTRAINT users_name_is_plain,
    DROP COLUMN must_change_password,
    DROP COLUMN password_changed_at,
    DROP COLUMN last_login_at,
    DROP COLUMN version;
