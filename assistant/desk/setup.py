"""How the help desk is set up: the settings and a store, as the parts that the application is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.desk.compose import Contact, ReplyComposer
from assistant.desk.desk import Desk, Feed, Lease
from assistant.desk.standards import AuditLog, StandardBook

if TYPE_CHECKING:
    from assistant.desk.store import DeskStore
    from assistant.settings import Settings


@dataclass(frozen=True)
class DeskSetup:
    """What is there before an assistant is: the standard replies that it asks, and where the desk keeps its work."""

    settings: Settings
    store: DeskStore
    audit: AuditLog
    composer: ReplyComposer
    book: StandardBook

    def desk(self, lease: Lease, *, feed: Feed | None = None) -> Desk:
        """The desk over an assistant; `feed` takes approved edits for the evaluation set."""
        return Desk(
            lease,
            self.store,
            self.audit,
            self.book,
            self.composer,
            second_approver=self.settings.desk_second_approver,
            refuse_marked=self.settings.desk_refuse_marked,
            feed=feed,
        )


def desk_of(settings: Settings, store: DeskStore, audit: AuditLog) -> DeskSetup:
    """The help desk as the settings say, with its records in a store and its deeds in an audit trail."""
    contact = Contact(settings.contact_office, settings.contact_phone, settings.contact_address)
    composer = ReplyComposer.load(contact)
    book = StandardBook(store, audit, composer.reply, office=contact.office)
    return DeskSetup(settings, store, audit, composer, book)
