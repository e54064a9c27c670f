SELECT id
FROM assets
WHERE
    (%(after)s::text IS NULL OR symbol > %(after)s::text COLLATE "C")
    AND (
        %(text)s::text IS NULL
        OR strpos(lower(symbol), lower(%(text)s::text)) > 0
        OR strpos(lower(coalesce(name, '')), lower(%(text)s::text)) > 0
    )
ORDER BY symbol COLLATE "C"
LIMIT %(limit)s
