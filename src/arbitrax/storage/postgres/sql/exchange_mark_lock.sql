SELECT epoch, entry_ms, entry_seq, hash, has_parameter_privilege('session_replication_role', 'SET') AS may_skip_checks
FROM exchange_marks
WHERE shard = %(shard)s
FOR UPDATE
