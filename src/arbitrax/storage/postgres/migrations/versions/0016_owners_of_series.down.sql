ALTER TABLE price_series DROP COLUMN owner_id;
