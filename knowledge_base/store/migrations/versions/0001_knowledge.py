"""Versions of records, publishing, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "knowledge_versions",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("record", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False, index=True),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("base", sa.Integer(), sa.ForeignKey("knowledge_versions.id")),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("reviewer", sa.String(80)),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("reviewed_at", MOMENT),
        sa.Column("publish_at", MOMENT, index=True),
        sa.Column("expire_at", MOMENT, index=True),
        sa.Column("published_at", MOMENT),
        sa.Column("retired_at", MOMENT),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("kind", "record", "number"),
    )
    op.create_index(
        "one_published",
        "knowledge_versions",
        ["kind", "record"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index("served", "knowledge_versions", ["kind", "record", "published_at", "retired_at"])
    op.create_table(
        "knowledge_revisions",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
    )
    op.create_table(
        "knowledge_audit",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("record", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("why", sa.Text(), nullable=False),
    )
    op.create_index("audit_of_record", "knowledge_audit", ["kind", "record", "id"])


def downgrade() -> None:
    for table in ("knowledge_audit", "knowledge_revisions", "knowledge_versions"):
        op.drop_table(table)
