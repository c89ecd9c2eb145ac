"""What kinds of training and headings of cost are called on pages; the codes are stored, these are shown."""

from portal.training.models import TrainingKind
from portal.translating import N_

TRAINING_KINDS = {
    TrainingKind.COURSE: N_("Training course"),
    TrainingKind.SEMINAR: N_("Seminar"),
    TrainingKind.WORKSHOP: N_("Workshop"),
    TrainingKind.STUDY_VISIT: N_("Study visit"),
    TrainingKind.FURTHER_STUDY: N_("Further study"),
}
WHERE = {
    "outside": N_("Outside the organisation"),
    "inside": N_("Inside the organisation"),
}
COSTS = {
    "registration": N_("Registration fee"),
    "travel": N_("Travel"),
    "per_diem": N_("Per diem"),
    "lodging": N_("Lodging"),
}
