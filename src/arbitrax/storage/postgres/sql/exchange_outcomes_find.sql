-- The newest order that has each client id, by the place it was asked at. What the engine refused before it looked at the
-- id, or because another order has it, does not have it.
SELECT place, found.id, found.status, found.reason, found.body, found.ended_at
FROM unnest(%(accounts)s::uuid[], %(clients)s::text[]) WITH ORDINALITY AS asked (account, client, place)
CROSS JOIN LATERAL (
    SELECT id, status, reason, body, ended_at
    FROM orders
    WHERE
        account_id = account
        AND client_order_id = client
        AND NOT orphaned
        AND reason NOT IN ('client_id_used', 'unknown_symbol', 'unknown_account')
    ORDER BY id DESC
    LIMIT 1
) AS found
