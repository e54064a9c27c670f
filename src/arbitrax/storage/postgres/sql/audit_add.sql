INSERT INTO audit_log (id, user_id, actor, key_id, action, subject, detail, address, request_id, created_at)
VALUES (
    %(id)s, %(user)s, %(actor)s, %(key)s, %(action)s, %(subject)s, %(detail)s::jsonb, %(address)s, %(request_id)s, %(at)s
)
