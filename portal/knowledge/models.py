"""Knowledge assets: what the organisation knows, written down."""

import enum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CodeType, codes_check
from portal.items.models import Item


class AssetKind(enum.StrEnum):
    MANUAL = "manual"
    REGULATION = "regulation"
    BEST_PRACTICE = "best_practice"
    LESSON_LEARNED = "lesson_learned"
    STORY = "story"
    NUGGET = "nugget"  # ขุมความรู้
    CORE = "core"  # แก่นความรู้
    QA = "qa"
    INFOGRAPHIC = "infographic"
    TRAINING_MATERIAL = "training_material"
    MINUTES = "minutes"
    DOCUMENT = "document"  # imported, not yet sorted


class KnowledgeForm(enum.StrEnum):
    EXPLICIT = "explicit"  # ชัดแจ้ง
    TACIT = "tacit"  # ฝังลึก


class KnowledgeAsset(Item):
    """องค์ความรู้. Its kind stands on the item; whether it was explicit or in somebody's head stands here."""

    __tablename__ = "knowledge_asset"
    __table_args__ = (codes_check("knowledge", KnowledgeForm),)
    __mapper_args__ = {"polymorphic_identity": "knowledge_asset"}  # noqa: RUF012 - declared so by SQLAlchemy

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    knowledge: Mapped[KnowledgeForm] = mapped_column(CodeType(KnowledgeForm), default=KnowledgeForm.EXPLICIT)
