CREATE TABLE apis (
    tenant_id       BLOB NOT NULL,
    id              BLOB NOT NULL,
    owner_id        BLOB NOT NULL,
    slug            TEXT NOT NULL,
    -- NULL: follows from whether the version takes credentials.
    isolation       TEXT CHECK (isolation IN ('user', 'shared')),
    base_url        TEXT,
    example         TEXT,
    -- The version whose tools are mounted.
    current_version BLOB,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, owner_id, slug),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, id, current_version) REFERENCES versions (tenant_id, api_id, id)
        DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE versions (
    tenant_id         BLOB    NOT NULL,
    id                BLOB    NOT NULL,
    api_id            BLOB    NOT NULL,
    number            INTEGER NOT NULL,
    format            TEXT    NOT NULL CHECK (format IN ('json', 'yaml')),
    spec_sha256       TEXT    NOT NULL,
    -- The last of the eight steps that succeeded: 0 is register, 6 is mount.
    reached           INTEGER NOT NULL,
    failure           TEXT,
    diagnostics       TEXT    NOT NULL DEFAULT '[]',
    artifact          TEXT,
    -- NULL until the version is rendered.
    takes_credentials INTEGER CHECK (takes_credentials IN (0, 1)),
    tools             INTEGER NOT NULL DEFAULT 0,
    created_at        INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, api_id, id),
    UNIQUE (tenant_id, api_id, number),
    FOREIGN KEY (tenant_id, api_id) REFERENCES apis (tenant_id, id) ON DELETE CASCADE
) STRICT;

-- Apart from the versions, whose rows are read often and stay short.
CREATE TABLE specs (
    tenant_id  BLOB NOT NULL,
    version_id BLOB NOT NULL,
    bytes      BLOB NOT NULL,
    PRIMARY KEY (tenant_id, version_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE renderings (
    tenant_id  BLOB NOT NULL,
    version_id BLOB NOT NULL,
    manifest   TEXT NOT NULL,
    lock_file  TEXT NOT NULL,
    PRIMARY KEY (tenant_id, version_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id) ON DELETE CASCADE
) STRICT;

-- The manifest's tools one by one, as listing and calling need them.
CREATE TABLE tools (
    tenant_id  BLOB    NOT NULL,
    version_id BLOB    NOT NULL,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    method     TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    security   TEXT    NOT NULL,
    schemes    TEXT    NOT NULL,
    origins    TEXT    NOT NULL,
    -- Last, since it is long and calls do not read it.
    listing    TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, version_id, name),
    UNIQUE (tenant_id, version_id, position),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE credentials (
    tenant_id   BLOB    NOT NULL,
    user_id     BLOB    NOT NULL,
    api_id      BLOB    NOT NULL,
    scheme      TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    wrapped_key BLOB    NOT NULL,
    ciphertext  BLOB    NOT NULL,
    updated_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id, api_id, scheme),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, api_id) REFERENCES apis (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX credentials_of_api ON credentials (tenant_id, api_id);
