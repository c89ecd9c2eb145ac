"""What is known of stored bytes. Names, owners and permissions stand with what the file is attached to."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, now


class StoredFile(Base):
    """Bytes on disk under a random name; the same bytes are kept once."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)  # random, below PORTAL_FILES_DIR
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    width: Mapped[int | None]
    height: Mapped[int | None]
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)  # the last time somebody sent them

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
