-- Append-only. Each row's hash covers the row and the hash before it, so that
-- no row of a tenant can be changed or taken out unnoticed.
CREATE TABLE audit (
    tenant_id BLOB    NOT NULL REFERENCES tenants (id),
    number    INTEGER NOT NULL,
    user_id   BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    action    TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    outcome   TEXT    NOT NULL CHECK (outcome IN ('ok', 'error', 'refused')),
    detail    TEXT    NOT NULL,
    hash      BLOB    NOT NULL,
    PRIMARY KEY (tenant_id, number),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT;

CREATE INDEX audit_of_user ON audit (tenant_id, user_id, number);

CREATE TRIGGER audit_rows_stay BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never deleted');
END;

CREATE TRIGGER audit_rows_do_not_change BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never changed');
END;
