-- How many jobs of a user wait; counted up to a number.
SELECT count(*)
FROM (
    SELECT
    FROM jobs
    WHERE turn_of = %(owner)s AND status = 'queued'
    LIMIT %(most)s
) AS waiting
