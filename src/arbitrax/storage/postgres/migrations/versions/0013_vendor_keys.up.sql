-- Keys of vendors that admins gave. Only a home that has the key in its file can read them.
CREATE TABLE vendor_keys (
    vendor      VARCHAR(32) PRIMARY KEY,
    sealed      BYTEA NOT NULL,
    set_by      UUID REFERENCES users (id) ON DELETE SET NULL,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT vendor_keys_vendor_has_text CHECK (vendor <> ''),
    CONSTRAINT vendor_keys_sealed CHECK (octet_length(sealed) > 28)
);
COMMENT ON COLUMN vendor_keys.sealed IS 'AES-256-GCM: 12 bytes nonce, ciphertext, 16 bytes tag; the vendor is the associated data';
