"""The seven steps of knowledge management and the six elements of change, as the handbook of 2548 names them.

Codes are stored, never names: KM7 and CM4 are both called การเรียนรู้.
"""

import enum
from dataclasses import dataclass


class KMStep(enum.StrEnum):
    """กระบวนการจัดการความรู้ ๗ ขั้นตอน"""

    IDENTIFICATION = "KM1"
    CREATION_ACQUISITION = "KM2"
    ORGANIZATION = "KM3"
    CODIFICATION_REFINEMENT = "KM4"
    ACCESS = "KM5"
    SHARING = "KM6"
    LEARNING = "KM7"


class ChangeElement(enum.StrEnum):
    """องค์ประกอบการบริหารการเปลี่ยนแปลง ๖"""

    TRANSITION_BEHAVIOR = "CM1"
    COMMUNICATION = "CM2"
    PROCESS_TOOLS = "CM3"
    LEARNING = "CM4"
    MEASUREMENT = "CM5"
    RECOGNITION_REWARD = "CM6"


@dataclass(frozen=True)
class Wording:
    name: str
    short: str  # for narrow columns
    question: str
    activities: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One of the thirteen, with its words in both languages."""

    code: str
    th: Wording
    en: Wording

    @property
    def number(self) -> int:
        return int(self.code[2:])

    @property
    def is_change(self) -> bool:
        return self.code.startswith("CM")

    def wording(self, language: str) -> Wording:
        return self.th if language == "th" else self.en


def _step(
    code: str, th: tuple[str, str, str, tuple[str, ...]], en: tuple[str, str, str, tuple[str, ...]]
) -> Step:
    return Step(code, Wording(*th), Wording(*en))


STEPS: dict[str, Step] = {
    step.code: step
    for step in (
        _step(
            "KM1",
            (
                "การบ่งชี้ความรู้",
                "บ่งชี้",
                "งานของเราต้องใช้ความรู้อะไร และตอนนี้เรามีแล้วหรือยัง",
                (
                    "ทำบัญชีความรู้ที่แต่ละตำแหน่งต้องมีและที่มีอยู่",
                    "สำรวจคนที่ควรได้รับการพัฒนา",
                    "ประชุมระดมความคิดเลือกเรื่องสำคัญ",
                ),
            ),
            (
                "Knowledge identification",
                "Identify",
                "Which knowledge does our work need, and do we have it yet?",
                (
                    "List what each post must know and what is known",
                    "Find out who should be developed",
                    "Meet to choose the topics that matter",
                ),
            ),
        ),
        _step(
            "KM2",
            (
                "การสร้างและแสวงหาความรู้",
                "สร้าง แสวงหา",
                "ความรู้นั้นอยู่ที่ใคร อยู่ในรูปใด และจะนำมารวมไว้ได้อย่างไร",
                (
                    "อบรม สัมมนา ศึกษาดูงาน ศึกษาต่อ แล้วเขียนรายงาน",
                    "สัมภาษณ์ผู้มีประสบการณ์",
                    "คัดความรู้ที่ใช้ไม่ได้แล้วออก",
                ),
            ),
            (
                "Knowledge creation and acquisition",
                "Create, acquire",
                "Who holds it, in which form, and how can it be brought together?",
                (
                    "Training, seminars, study visits, each with its report",
                    "Interview those with experience",
                    "Remove what can no longer be used",
                ),
            ),
        ),
        _step(
            "KM3",
            (
                "การจัดความรู้ให้เป็นระบบ",
                "จัดเป็นระบบ",
                "จะแบ่งหมวดและหัวข้ออย่างไรให้คนอื่นหาเจอ",
                ("จัดหมวดในคลังความรู้", "รวบรวมระเบียบและข้อกฎหมาย", "ยกร่างคู่มือปฏิบัติงาน"),
            ),
            (
                "Knowledge organization",
                "Organize",
                "How should it be sorted so that others can find it?",
                ("Sort the knowledge store", "Collect regulations and laws", "Draft work manuals"),
            ),
        ),
        _step(
            "KM4",
            (
                "การประมวลและกลั่นกรองความรู้",
                "กลั่นกรอง",
                "ทำอย่างไรให้เนื้อหาถูกต้อง ครบถ้วน และเข้าใจง่าย",
                ("ปรับรูปแบบและภาษาให้เป็นมาตรฐานเดียวกัน", "ประชุมทบทวนคู่มือ", "ให้ผู้รู้หรือคณะทำงานตรวจ"),
            ),
            (
                "Knowledge codification and refinement",
                "Refine",
                "How is it made right, complete and easy to understand?",
                (
                    "Bring form and language to one standard",
                    "Review manuals in a meeting",
                    "Have experts check it",
                ),
            ),
        ),
        _step(
            "KM5",
            (
                "การเข้าถึงความรู้",
                "เข้าถึง",
                "คนที่ต้องใช้ หยิบความรู้มาใช้ได้สะดวกหรือยัง",
                ("เผยแพร่ทางเว็บไซต์และบอร์ดประชาสัมพันธ์", "จัดมุมความรู้", "นับการเข้าถึง"),
            ),
            (
                "Knowledge access",
                "Access",
                "Can those who need it get at it easily?",
                (
                    "Publish on the site and the notice board",
                    "Set up a knowledge corner",
                    "Count the readings",
                ),
            ),
        ),
        _step(
            "KM6",
            (
                "การแบ่งปันแลกเปลี่ยนความรู้",
                "แลกเปลี่ยน",
                "เราได้เล่า ได้ถาม และแบ่งปันกันจริงหรือไม่",
                ("ชุมชนนักปฏิบัติและวงเล่า", "พี่เลี้ยง สับเปลี่ยนงาน ทีมข้ามสายงาน", "คลินิกให้คำปรึกษา"),
            ),
            (
                "Knowledge sharing",
                "Share",
                "Do we really tell, ask and share?",
                (
                    "Communities of practice and talk circles",
                    "Mentors, job rotation, cross-unit teams",
                    "Consulting clinics",
                ),
            ),
        ),
        _step(
            "KM7",
            (
                "การเรียนรู้",
                "เรียนรู้",
                "ความรู้นั้นถูกนำไปใช้จนงานดีขึ้นหรือไม่",
                ("ทดสอบก่อนและหลัง", "สำรวจความพึงพอใจ", "บันทึกและเผยแพร่ผลการนำไปใช้"),
            ),
            (
                "Learning",
                "Learn",
                "Was it used, and did the work become better?",
                (
                    "Test before and after",
                    "Ask how satisfied people are",
                    "Record and publish what came of it",
                ),
            ),
        ),
        _step(
            "CM1",
            (
                "การเตรียมการและปรับเปลี่ยนพฤติกรรม",
                "ปรับพฤติกรรม",
                "ผู้บริหารสนับสนุนให้เห็นชัด และมีทีมรับผิดชอบแล้วหรือยัง",
                ("ประกาศนโยบาย", "แต่งตั้งคณะทำงาน", "วางระบบติดตามผล"),
            ),
            (
                "Transition and behaviour management",
                "Transition",
                "Do executives support it visibly, and is a team in charge?",
                ("Announce the policy", "Appoint the team", "Set up the follow-up"),
            ),
        ),
        _step(
            "CM2",
            (
                "การสื่อสาร",
                "สื่อสาร",
                "ทุกคนรู้หรือไม่ว่าจะทำอะไร ได้ประโยชน์อะไร และมีส่วนร่วมอย่างไร",
                ("หนังสือเวียน", "ประชุมชี้แจง", "ประชาสัมพันธ์ภายใน"),
            ),
            (
                "Communication",
                "Inform",
                "Does everybody know what is done, what it brings and how to take part?",
                ("Circulars", "Information meetings", "News inside the organisation"),
            ),
        ),
        _step(
            "CM3",
            (
                "กระบวนการและเครื่องมือ",
                "เครื่องมือ",
                "เครื่องมือเหมาะกับความรู้ ขนาด สถานที่ และวัฒนธรรมของเราหรือไม่",
                ("ปรับปรุงเว็บไซต์และฐานข้อมูล", "เลือกวิธีถ่ายทอดและแลกเปลี่ยน", "ดูแลศูนย์ข้อมูลข่าวสาร"),
            ),
            (
                "Process and tools",
                "Tools",
                "Do the tools fit our knowledge, size, place and culture?",
                (
                    "Improve site and database",
                    "Choose ways to pass on and exchange",
                    "Look after the information centre",
                ),
            ),
        ),
        _step(
            "CM4",
            (
                "การฝึกอบรมและการเรียนรู้",
                "ฝึกอบรม",
                "ใครต้องเรียนรู้เรื่องใด ด้วยวิธีใด และจะรู้ได้อย่างไรว่าเข้าใจ",
                ("อบรมพื้นฐาน KM", "ฝึกคุณอำนวยและคุณลิขิต", "สอนการใช้ระบบ"),
            ),
            (
                "Training and learning",
                "Training",
                "Who must learn what, how, and how is it known to be understood?",
                ("Basic KM training", "Train facilitators and note takers", "Teach how to use the portal"),
            ),
        ),
        _step(
            "CM5",
            (
                "การวัดผล",
                "วัดผล",
                "วัดที่ระบบ ผลผลิต หรือผลลัพธ์ และนำผลไปใช้อย่างไร",
                ("แบบทดสอบและแบบสอบถาม", "ติดตามตัวชี้วัด", "รายงานความก้าวหน้า"),
            ),
            (
                "Measurement",
                "Measure",
                "Is system, output or outcome measured, and what is done with it?",
                ("Tests and questionnaires", "Follow the indicators", "Report progress"),
            ),
        ),
        _step(
            "CM6",
            (
                "การยกย่องชมเชยและการให้รางวัล",
                "ยกย่อง",
                "อะไรทำให้คนของเราอยากแบ่งปันต่อไป",
                ("ขอบคุณและเผยแพร่ผลงาน", "ใบประกาศเกียรติคุณ", "ของรางวัลเล็กน้อย"),
            ),
            (
                "Recognition and reward",
                "Recognize",
                "What makes our people want to go on sharing?",
                ("Thank people and show their work", "Certificates", "Small prizes"),
            ),
        ),
    )
}

KM_STEPS: tuple[Step, ...] = tuple(STEPS[code] for code in KMStep)
CHANGE_ELEMENTS: tuple[Step, ...] = tuple(STEPS[code] for code in ChangeElement)
