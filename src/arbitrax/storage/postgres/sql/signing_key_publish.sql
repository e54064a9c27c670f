WITH forgotten AS (
    DELETE FROM signing_keys WHERE expires_at < %(at)s
)
INSERT INTO signing_keys (id, public_key, expires_at, created_at)
VALUES (%(id)s, %(public)s, %(expires)s, %(at)s)
ON CONFLICT (id) DO NOTHING
