"""The process that sets one PDF: a job as JSON in, a PDF out, and away with it.

Run as a file, by `portal.documents.typesetting`, so that it starts without the rest of the portal. It may use so much
memory and so much time and no more; it opens the templates' folder and the fonts, nothing else, and no network.
"""

import json
import resource
import sys
from typing import Final, Literal

import typst

MOST_MEMORY: Final = 4 * 1024**3
# PDF/A keeps what is filed readable for as long as files are kept; a paper that can't be had in that form is still had.
STANDARDS: Final[tuple[Literal["a-2b", "1.7"], ...]] = ("a-2b", "1.7")


def main() -> int:
    """0 with a PDF on standard output, or 1 with a reason on standard error."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    job = json.load(sys.stdin.buffer)
    for standard in STANDARDS:
        try:
            pdf = typst.compile(
                job["template"],
                root=job["root"],
                font_paths=typst.Fonts(False, False, [job["fonts"]]),
                sys_inputs={"paper": job["paper"]},
                format="pdf",
                pdf_standards=standard,
            )
        except typst.TypstError as problem:
            print(problem.diagnostic or problem.message, file=sys.stderr)
            continue
        sys.stdout.buffer.write(pdf)
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
