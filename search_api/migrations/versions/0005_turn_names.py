"""A turn has a name, so that one sent again is answered once; the state before it is kept until it is over."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("turn_name", sa.String(64), nullable=True))
        table.add_column(sa.Column("before_turn", sa.JSON(), nullable=True))
    with op.batch_alter_table("turns") as table:
        table.add_column(sa.Column("name", sa.String(64), nullable=True))
        table.create_unique_constraint("one_turn_of_a_name", ["conversation_id", "name"])


def downgrade() -> None:
    with op.batch_alter_table("turns") as table:
        table.drop_constraint("one_turn_of_a_name", type_="unique")
        table.drop_column("name")
    with op.batch_alter_table("conversations") as table:
        table.drop_column("before_turn")
        table.drop_column("turn_name")
