#!/usr/bin/env python3
"""Measures threading on mails with known threads.

  bench/threading.py CORPUS [--binary target/release/restante]

CORPUS holds folders NAME/msgs/*.eml and NAME/threads.json (lists of Message-IDs, and the ids to leave out).
Prints, per set, pairwise precision, recall and F1 of `restante inspect --threads`.
"""
import argparse, json, pathlib, subprocess, sys
from itertools import combinations


def pairs(threads, leave_out):
    kept = ([m for m in thread if m not in leave_out] for thread in threads)
    return {frozenset(pair) for thread in kept for pair in combinations(sorted(set(thread)), 2)}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("corpus", type=pathlib.Path)
    arguments.add_argument("--binary", default="target/release/restante")
    arguments = arguments.parse_args()
    print(f"{'set':12} {'mails':>6} {'precision':>9} {'recall':>7} {'F1':>7}")
    for folder in sorted(arguments.corpus.iterdir()):
        if not (folder / "threads.json").exists():
            continue
        truth = json.loads((folder / "threads.json").read_text())
        out = subprocess.run([arguments.binary, "inspect", "--threads", folder / "msgs"], capture_output=True, check=True).stdout
        leave_out = set(truth.get("ambiguous", []))
        wanted, found = pairs(truth["threads"], leave_out), pairs(json.loads(out), leave_out)
        right = len(wanted & found)
        precision, recall = right / max(1, len(found)), right / max(1, len(wanted))
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{folder.name:12} {len(list((folder / 'msgs').iterdir())):6} {precision:9.4f} {recall:7.4f} {f1:7.4f}")
        for pair in list(wanted ^ found)[:5]:
            print("   ", "missing" if pair in wanted else "wrong", *pair, file=sys.stderr)


main()
