#!/usr/bin/env python3
"""How well a request for a return is told from what only sounds like one: runs `restante inspect` on labelled sentences and mails.

    bench/intent.py CORPUS [--binary target/release/restante] [--half development|held-out] [--wrong]

CORPUS holds intent/ (intent.tsv, refund_related.tsv, not_refund/), thread/ and everyday/ (their form is in its README). Each case
belongs to one half for ever: the held-out half when the first byte of the SHA-256 of its text (of a mail: of its bytes) is odd. Rules
are written looking at the development half alone; of the other only the sums are read. --wrong shows what is wrong, and refuses to
for the held-out half.
"""
import argparse
import csv
import glob
import hashlib
import json
import os
import subprocess
import sys
import tempfile


def is_held_out(content):
    return hashlib.sha256(content).digest()[0] % 2 == 1


def sentences(path):
    with open(path, encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["text"], row["label"], is_held_out(row["text"].encode())


def as_mail(text):
    head = "From: A Customer <a@example.com>\nTo: shop@example.com\nSubject: Question\nMIME-Version: 1.0\nDate: Fri, 27 Nov 2026 12:00:00 +0000\n"
    return (head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text + "\n").encode()


def cases(corpus):
    """set, half, what it should be, text, bytes"""
    for name in ("intent", "refund_related"):
        for text, label, held_out in sentences(f"{corpus}/intent/{name}.tsv"):
            yield name, held_out, label == "refund_request", text, as_mail(text)
    mails = [("not_refund", "intent/not_refund/*.eml"), ("list mails", "thread/*/msgs/*.eml")]
    for name, pattern in mails:
        for path in sorted(glob.glob(f"{corpus}/{pattern}")):
            raw = open(path, "rb").read()
            yield name, is_held_out(raw), False, path, raw
    with open(f"{corpus}/everyday/index.tsv", encoding="utf-8") as lines:
        for row in csv.reader(lines, delimiter="\t"):
            path = f"{corpus}/everyday/{row[0]}"
            if len(row) > 1 and row[1] in ("ham", "ham-bulk", "spam") and os.path.exists(path):
                raw = open(path, "rb").read()
                yield f"everyday {row[1]}", is_held_out(raw), False, path, raw


def main():
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wishes.add_argument("corpus")
    wishes.add_argument("--binary", default="target/release/restante")
    wishes.add_argument("--half", choices=["development", "held-out"])
    wishes.add_argument("--wrong", action="store_true")
    wish = wishes.parse_args()
    if wish.wrong and wish.half != "development":
        sys.exit("--wrong looks at cases, which only the development half is for: add --half development")
    chosen = [case for case in cases(wish.corpus) if wish.half is None or case[1] == (wish.half == "held-out")]
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(chosen):
            open(f"{folder}/{number:06}.eml", "wb").write(case[4])
        told = subprocess.run([wish.binary, "inspect", folder], check=True, stdout=subprocess.PIPE).stdout
    read = [json.loads(line)["refund"] for line in told.decode().splitlines()]
    sums = {}
    for (name, held_out, asks, text, _), refund in zip(chosen, read):
        row = sums.setdefault((name, "held-out" if held_out else "development"), {"yes": 0, "no": 0, "hit": 0, "false": 0})
        row["yes" if asks else "no"] += 1
        row["hit"] += asks and refund["asks"]
        row["false"] += not asks and refund["asks"]
        if wish.wrong and asks != refund["asks"]:
            print("MISSED" if asks else "FALSE ", f"{refund['confidence']:.2f}", name, "|", text, "|", "; ".join(refund["because"][:4]))
    for (name, half), row in sorted(sums.items()):
        line = f"{name:18} {half:12} {row['yes'] + row['no']:5} cases"
        if row["yes"]:
            line += f"  precision {row['hit'] / max(1, row['hit'] + row['false']):.4f}  recall {row['hit'] / row['yes']:.4f}"
        else:
            line += f"  taken for a request {row['false']:4} = {100 * row['false'] / max(1, row['no']):.2f} %"
        print(line)


if __name__ == "__main__":
    main()
