-- Ids are UUIDs as 16 bytes. Every key starts with the tenant, so that a row
-- can refer only to rows of its own tenant.

CREATE TABLE tenants (
    id   BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE users (
    tenant_id BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id        BLOB NOT NULL,
    name      TEXT NOT NULL,
    role      TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
) STRICT;

-- The one table that is not found by tenant: a token is what tells the tenant.
CREATE TABLE tokens (
    -- SHA-256 of the token, which itself is stored nowhere.
    hash      BLOB NOT NULL PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    user_id   BLOB NOT NULL,
    label     TEXT NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX tokens_of_user ON tokens (tenant_id, user_id);
