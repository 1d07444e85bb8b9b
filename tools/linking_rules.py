"""Make the rules of linking anew from invented people, whose truth is not used: ``portal/vault/linking/rules.json``.

``python -m tools.linking_rules``   some three minutes and 2 GB; the same arguments write the same file

Seeds that a measurement is scored on must not be among those given here.
"""

from __future__ import annotations

import argparse
import shlex
import sys

from portal.demo.population.digests import digests_of
from portal.demo.population.records import generate
from portal.identity.kinds import KINDS
from portal.vault.linking.fitting import Sample, fit_rules, fit_sample
from portal.vault.linking.rules import RULES_FILE, as_json

# The birth number by itself; all others are made of names, date and municipality and depend on one another.
GROUPS = ((0,), tuple(range(1, len(KINDS))))
NAMES_AND_DATE = 1
LOWER, UPPER = 0.1, 0.6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=61_300, help="persons of a small sample")
    parser.add_argument("--large", type=int, default=613_000, help="persons of a large one")
    parser.add_argument("--small-seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--large-seeds", type=int, nargs="+", default=[201])
    parser.add_argument("--damaged", type=float, default=0.2)
    chosen = parser.parse_args()
    samples: list[Sample] = []
    for persons, seeds in ((chosen.small, chosen.small_seeds), (chosen.large, chosen.large_seeds)):
        for seed in seeds:
            digests, present = digests_of(generate(persons, chosen.damaged, seed).records)
            samples.append(fit_sample(digests, present, GROUPS, NAMES_AND_DATE))
            print(f"{persons} persons, seed {seed}: {samples[-1].fitted.sizes[0]:.0f} pairs of one person expected")
    rules = fit_rules(
        samples,
        kinds=[kind.code for kind in KINDS],
        groups=GROUPS,
        lower=LOWER,
        upper=UPPER,
        decides=0,
        provenance={
            "command": shlex.join(["python", "-m", "tools.linking_rules", *sys.argv[1:]]),
            "seeds": [*chosen.small_seeds, *chosen.large_seeds],
            "records": [sample.records for sample in samples],
            "damaged": chosen.damaged,
            "population": "portal/demo/population",
        },
    )
    RULES_FILE.write_text(as_json(rules), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
