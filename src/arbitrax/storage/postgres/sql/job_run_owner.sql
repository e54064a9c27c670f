UPDATE backtests
SET owner_id = jobs.owner_id
FROM jobs
WHERE backtests.id = %(job)s AND jobs.id = backtests.id
