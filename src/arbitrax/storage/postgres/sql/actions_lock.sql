-- Writers of an asset's actions take turns; those of its bars, who share the key, are not held up.
SELECT id, (SELECT max(ts_recv) FROM corporate_actions WHERE asset_id = assets.id)
FROM assets
WHERE id = (SELECT asset_of(%(symbol)s))
FOR NO KEY UPDATE OF assets
