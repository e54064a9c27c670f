-- Only what is the operator's can be given away: gateways remember whose an account is.
UPDATE accounts SET owner_id = %(owner)s
WHERE id = %(account)s AND (owner_id IS NULL OR owner_id = %(owner)s)
