"""The pages every site must have at its foot, edited in the portal."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, now
from portal.remembering import SITE_PAGES


class SitePage(Base):
    """Privacy notice, cookies, site policy or contact, in both languages; Markdown."""

    __tablename__ = "site_page"
    renews = (SITE_PAGES,)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
