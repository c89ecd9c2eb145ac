"""Every table of the portal, for what needs them all: migrations, backup, the checks."""

from portal.audit.models import AuditEntry
from portal.communities.keeping_models import ThreadAct
from portal.communities.models import Community
from portal.communities.poll_models import Poll
from portal.communities.thread_models import Thread
from portal.db import Base
from portal.drafts.models import Draft, SentForm
from portal.expertise.models import ExpertiseTag
from portal.files.models import StoredFile
from portal.home.models import SitePage
from portal.items.models import Item
from portal.items.order_models import Suspension
from portal.items.talk_models import Reaction
from portal.knowledge.models import KnowledgeAsset
from portal.lifting.models import OfferedQuestion
from portal.mail.models import Mail
from portal.meetings.models import Event
from portal.moderation.models import Report
from portal.notices.models import Notice
from portal.outbox.models import OutboxEntry
from portal.people.models import Unit
from portal.people.sign_in_models import SignIn
from portal.plan.models import Plan
from portal.recognition.models import Award
from portal.remembering import Stamp
from portal.search.check_models import SearchCheck
from portal.search.models import SearchText
from portal.search.postgres.models import IndexPosting
from portal.training.models import Training
from portal.training.report_models import TrainingReport

__all__ = [
    "AuditEntry",
    "Award",
    "Base",
    "Community",
    "Draft",
    "Event",
    "ExpertiseTag",
    "IndexPosting",
    "Item",
    "KnowledgeAsset",
    "Mail",
    "Notice",
    "OfferedQuestion",
    "OutboxEntry",
    "Plan",
    "Poll",
    "Reaction",
    "Report",
    "SearchCheck",
    "SearchText",
    "SentForm",
    "SignIn",
    "SitePage",
    "Stamp",
    "StoredFile",
    "Suspension",
    "Thread",
    "ThreadAct",
    "Training",
    "TrainingReport",
    "Unit",
]

metadata = Base.metadata
