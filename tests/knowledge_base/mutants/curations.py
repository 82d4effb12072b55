"""Rules on what is said of the search itself."""

from .base import Mutant


def _mutant(rule: str, folder: str, text: str) -> Mutant:
    return Mutant(rule, {f"{folder}/zz.yaml": text})


CURATIONS: tuple[Mutant, ...] = (
    _mutant("curation-unknown", "curations", "id: zz\nqueries: [灯塔]\npinned:\n  - no-such-record #!\n"),
    Mutant(
        "curation-expired",
        {
            "places/zz.yaml": "id: zz-place\nname: 灯塔\nkind: service-center\nregion: '210802'\n"
            "validity: {effective: 2023-01-01, expires: 2024-01-01}\n",
            "curations/zz.yaml": "id: zz\nqueries: [灯塔]\nexcluded:\n  - zz-place #!\n",
        },
    ),
    _mutant("curation-idle", "curations", "- id: zz #!\n  queries: [灯塔]\n"),
    _mutant(
        "curation-region",
        "curations",
        "id: zz\nqueries: [灯塔]\nregions:\n  - '999999' #!\npinned: [resident-id-card]\n",
    ),
    _mutant(
        "curation-twice",
        "curations",
        "- {id: zz-a, queries: [灯塔], pinned: [resident-id-card]}\n"
        "- id: zz-b\n  pinned: [resident-id-card]\n  queries:\n    - 灯塔 #!\n",
    ),
    _mutant(
        "synonym-loop",
        "synonyms",
        "- id: zz-a\n  official: [航标]\n  said:\n    - 灯塔 #!\n- {id: zz-b, said: [浮标], official: [灯塔]}\n"
        "- {id: zz-c, said: [航标], official: [浮标]}\n",
    ),
    _mutant("synonym-wide", "synonyms", "id: zz\nsaid: [灯塔]\nofficial:\n  - 登记 #!\n"),
)
