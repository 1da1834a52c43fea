CREATE TABLE mounts (
    tenant_id BLOB NOT NULL,
    user_id   BLOB NOT NULL,
    slug      TEXT NOT NULL,
    api_id    BLOB NOT NULL,
    PRIMARY KEY (tenant_id, user_id, slug),
    UNIQUE (tenant_id, user_id, api_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, api_id) REFERENCES apis (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX mounts_of_api ON mounts (tenant_id, api_id);

-- The servers that shall exist.
CREATE TABLE deployments (
    tenant_id  BLOB NOT NULL,
    server_key TEXT NOT NULL,
    api_id     BLOB NOT NULL,
    version_id BLOB NOT NULL,
    -- NULL: one server for all users of the API.
    user_id    BLOB,
    PRIMARY KEY (tenant_id, server_key),
    FOREIGN KEY (tenant_id, api_id, version_id) REFERENCES versions (tenant_id, api_id, id)
        ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX deployments_of_api ON deployments (tenant_id, api_id, version_id);
CREATE INDEX deployments_of_user ON deployments (tenant_id, user_id);

-- Which APIs a user (`viewer_id`) sees, and under which name: what is mounted
-- for the user, and what the user owns but has not mounted. The rule of who
-- sees what is only here.
CREATE VIEW visible_apis AS
SELECT tenant_id, user_id AS viewer_id, api_id, slug FROM mounts
UNION ALL
SELECT tenant_id, owner_id AS viewer_id, id AS api_id, slug FROM apis
WHERE NOT EXISTS (
    SELECT 1 FROM mounts
    WHERE mounts.tenant_id = apis.tenant_id
      AND mounts.user_id = apis.owner_id
      AND mounts.api_id = apis.id
);

-- APIs with the isolation that is in force. A version that is not rendered yet
-- counts as one that takes credentials: the stricter choice.
CREATE VIEW api_details AS
SELECT
    apis.tenant_id,
    apis.id,
    apis.owner_id,
    apis.slug,
    COALESCE(
        apis.isolation,
        CASE WHEN versions.takes_credentials = 0 THEN 'shared' ELSE 'user' END
    ) AS isolation,
    apis.base_url,
    apis.example,
    apis.current_version
FROM apis
LEFT JOIN versions
    ON versions.tenant_id = apis.tenant_id AND versions.id = apis.current_version;
