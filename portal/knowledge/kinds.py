"""What the kinds of assets are called, and which KM step each usually fulfils."""

from portal.knowledge.models import AssetKind, KnowledgeForm
from portal.plan.steps import KMStep
from portal.translating import N_

KIND_NAMES: dict[AssetKind, str] = {
    AssetKind.MANUAL: N_("Manual"),
    AssetKind.REGULATION: N_("Regulation or law"),
    AssetKind.BEST_PRACTICE: N_("Best practice"),
    AssetKind.LESSON_LEARNED: N_("Lesson learned"),
    AssetKind.STORY: N_("Story"),
    AssetKind.NUGGET: N_("Knowledge nugget"),
    AssetKind.CORE: N_("Core knowledge"),
    AssetKind.QA: N_("Question and answer"),
    AssetKind.INFOGRAPHIC: N_("Infographic"),
    AssetKind.TRAINING_MATERIAL: N_("Training material"),
    AssetKind.MINUTES: N_("Minutes"),
    AssetKind.DOCUMENT: N_("Document"),
}

# Everything that the store's lists and the search name by its kind; reports of trainings stand there beside the assets.
STORE_KINDS: dict[str, str] = {
    **{str(kind): name for kind, name in KIND_NAMES.items()},
    "training_report": N_("Training report"),
}

FORM_NAMES: dict[KnowledgeForm, str] = {
    KnowledgeForm.EXPLICIT: N_("Explicit: from papers, laws, courses"),
    KnowledgeForm.TACIT: N_("Tacit: from somebody's experience"),
}

USUAL_STEP: dict[AssetKind, KMStep] = {
    AssetKind.MANUAL: KMStep.ORGANIZATION,
    AssetKind.REGULATION: KMStep.ORGANIZATION,
    AssetKind.BEST_PRACTICE: KMStep.SHARING,
    AssetKind.LESSON_LEARNED: KMStep.LEARNING,
    AssetKind.STORY: KMStep.SHARING,
    AssetKind.NUGGET: KMStep.CODIFICATION_REFINEMENT,
    AssetKind.CORE: KMStep.CODIFICATION_REFINEMENT,
    AssetKind.QA: KMStep.ACCESS,
    AssetKind.INFOGRAPHIC: KMStep.ACCESS,
    AssetKind.TRAINING_MATERIAL: KMStep.CREATION_ACQUISITION,
    AssetKind.MINUTES: KMStep.IDENTIFICATION,
    AssetKind.DOCUMENT: KMStep.ORGANIZATION,
}
