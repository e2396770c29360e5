"""The help desk keeps its inquiries whole. The tables of 0003 were never written to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables anew."""
    for table in ("standard_replies", "reply_terms", "approvals", "reply_versions", "inquiries"):
        op.drop_table(table)
    op.create_table(
        "inquiries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inquiries"),
    )
    op.create_index("ix_inquiries_author", "inquiries", ["author"])
    op.create_index("ix_inquiries_status", "inquiries", ["status"])
    op.create_index("ix_inquiries_updated", "inquiries", ["updated"])
    op.create_table(
        "standard_replies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standard_replies"),
    )
    op.create_index("ix_standard_replies_author", "standard_replies", ["author"])
    op.create_index("ix_standard_replies_key", "standard_replies", ["key"])
    op.create_table(
        "approvals",
        sa.Column("inquiry_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["inquiry_id"], ["inquiries.id"], name="fk_approvals_inquiry_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inquiry_id", "number", "at", name="pk_approvals"),
    )
    op.create_index("ix_approvals_author", "approvals", ["author"])
    op.create_table(
        "reply_versions",
        sa.Column("inquiry_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name="fk_reply_versions_inquiry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "number", name="pk_reply_versions"),
    )
    op.create_index("ix_reply_versions_author", "reply_versions", ["author"])
