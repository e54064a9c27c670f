-- Who asked for what, as the journal says. A user or an account may be gone by now; the log says then what is known.
INSERT INTO audit_log (id, user_id, actor, key_id, action, subject, detail, address, request_id, created_at)
SELECT
    incoming_requests.id,
    users.id,
    coalesce(users.name, incoming_requests.user_id::text),
    key_id,
    action,
    coalesce(order_id, accounts.name),
    jsonb_build_object('account', accounts.name) || detail,
    incoming_requests.address,
    left(request, 64),
    'epoch'::timestamptz + asked * '1 millisecond'::interval
FROM incoming_requests
LEFT JOIN users ON users.id = incoming_requests.user_id
LEFT JOIN accounts ON accounts.shard = %(shard)s AND accounts.number = account
