#!/usr/bin/env python3
"""How well order numbers are read: runs `restante inspect` on sentences with known numbers and compares.

    bench/fields.py CORPUS [--binary target/release/restante] [--diff]

CORPUS/fields/ids.tsv holds a sentence a line, with the kind of number in it (order_id, invoice_id, none) and the number.
"""
import argparse
import csv
import json
import os
import subprocess
import tempfile


def bare(number):
    return "".join(c for c in number.upper() if c.isalnum())


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("corpus")
    args.add_argument("--binary", default="target/release/restante")
    args.add_argument("--diff", action="store_true")
    args = args.parse_args()
    lines = list(csv.DictReader(open(f"{args.corpus}/fields/ids.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
    head = "From: a@example.com\nTo: b@example.com\nSubject: \nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
    with tempfile.TemporaryDirectory() as folder:
        for n, line in enumerate(lines):
            with open(f"{folder}/{n:05}.eml", "w", encoding="utf-8") as mail:
                mail.write(head + line["text"] + "\n")
        told = subprocess.run([args.binary, "inspect", folder], check=True, stdout=subprocess.PIPE).stdout
    read = {int(os.path.basename(one["file"])[:-4]): one for one in map(json.loads, told.decode().splitlines())}
    print(f"{'kind':12}{'lines':>7}{'right':>7}{'other number':>14}{'none':>7}")
    for kind in ("order_id", "invoice_id", "none"):
        right = other = nothing = 0
        for n, line in enumerate(lines):
            if line["entity_type"] != kind:
                continue
            got = (read[n]["refund"]["fields"].get("order_number") or {}).get("value")
            same = got is not None and kind == "order_id" and bare(got) == bare(line["value"])
            right, other, nothing = right + same, other + (got is not None and not same), nothing + (got is None)
            if args.diff and not (same or got is None and kind != "order_id"):
                print(f"    {kind}: {line['value']!r} read {got!r} in {line['text']!r}")
        print(f"{kind:12}{right + other + nothing:7}{right:7}{other:14}{nothing:7}")


main()
