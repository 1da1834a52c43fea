-- Where a tool's path is appended, for the egress broker: the specification's
-- first server, and the operation's own, either of which may be relative.
CREATE TABLE tools_with_servers (
    tenant_id  BLOB    NOT NULL,
    version_id BLOB    NOT NULL,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    method     TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    server     TEXT,
    own_server TEXT,
    security   TEXT    NOT NULL,
    schemes    TEXT    NOT NULL,
    origins    TEXT    NOT NULL,
    -- Last, since it is long and calls do not read it.
    listing    TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, version_id, name),
    UNIQUE (tenant_id, version_id, position),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id) ON DELETE CASCADE
) STRICT;

INSERT INTO tools_with_servers
SELECT tools.tenant_id, tools.version_id, tools.position, tools.name, tools.method, tools.path,
       renderings.manifest ->> '$.servers[0]', entry.value ->> '$.servers[0]',
       tools.security, tools.schemes, tools.origins, tools.listing
FROM renderings
JOIN json_each(renderings.manifest, '$.tools') AS entry
JOIN tools ON tools.tenant_id = renderings.tenant_id AND tools.version_id = renderings.version_id
    AND tools.position = entry.key;

DROP TABLE tools;
ALTER TABLE tools_with_servers RENAME TO tools;
