-- Who may add to a series without being an admin: nobody, unless it is made of their uploads alone.
ALTER TABLE price_series ADD COLUMN owner_id UUID REFERENCES users (id) ON DELETE RESTRICT;
COMMENT ON COLUMN price_series.owner_id IS 'whose uploads alone it is made of; NULL: the operator''s, a vendor''s, or of several';
