-- What belongs to the whole instance and to no tenant.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Secrets of the platform itself, sealed under its key-encryption key.
CREATE TABLE platform_secrets (
    name        TEXT NOT NULL PRIMARY KEY,
    key_id      TEXT NOT NULL,
    wrapped_key BLOB NOT NULL,
    ciphertext  BLOB NOT NULL
) STRICT;
