"""Counters of what is used."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "usage",
        sa.Column("record", sa.String(80), primary_key=True),
        sa.Column("other", sa.String(80), primary_key=True),
        sa.Column("half_life_days", sa.Integer(), primary_key=True),
        sa.Column("weight", sa.Float(), nullable=False),
    )
    op.create_index("usage_by_weight", "usage", ["half_life_days", "weight"])


def downgrade() -> None:
    op.drop_table("usage")
