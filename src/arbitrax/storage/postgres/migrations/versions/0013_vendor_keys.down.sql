DROP TABLE vendor_keys;
