#!/usr/bin/env python3
"""How well mails are read: runs `restante inspect` on a corpus and compares.

    bench/reading.py CORPUS [--binary target/release/restante] [--set reply|mime|bounce|html] [--diff]

CORPUS holds the folders reply, mime, bounce and html, each with mails and what they should be read as (the form is in its
README). Prints a table: set, cases, right, wrong, and the names of the wrong ones. --diff shows what differs.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile


def inspect(binary, paths):
    """file name -> what inspect says of it"""
    told = subprocess.run([binary, "inspect", *paths], check=True, stdout=subprocess.PIPE).stdout
    read = [json.loads(line) for line in told.decode().splitlines()]
    return {os.path.basename(one["file"]): one for one in read}


def folded(text):
    return " ".join(text.split())


def bare(text):
    return "".join(text.split())


def wrapped(body, content_type):
    """A whole mail around a decoded body."""
    head = "From: a@example.com\nTo: b@example.com\nSubject: x\nMIME-Version: 1.0\n"
    return (head + f"Content-Type: {content_type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n").encode() + body


def reply(corpus, binary, say):
    cases = json.load(open(f"{corpus}/reply/index.json"))
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            raw = open(f"{corpus}/reply/{case['file']}", "rb").read()
            raw = raw if case["file"].endswith(".eml") else wrapped(raw, "text/plain")
            open(f"{folder}/{case['id']}.eml", "wb").write(raw)
        read = inspect(binary, [folder])
    for case in cases:
        new = read[case["id"] + ".eml"]["new_text"]
        if case["kind"] == "contains":
            right = all(folded(s) in folded(new) for s in case["must_contain"]) and not any(folded(s) in folded(new) for s in case["must_not_contain"])
            yield case["id"], right, say(str(case["must_contain"]), new)
            continue
        wanted = open(f"{corpus}/reply/{case['expected']}", encoding="utf-8").read()
        same = bare if case["kind"] == "exact_ignore_whitespace" else folded
        right = same(new) == same(wanted)
        if not right and case["strips"] == "quotes":
            # Less a trailing signature is right, too.
            right = bool(folded(new)) and folded(wanted).startswith(folded(new)) and looks_like_signature(wanted, new)
        yield case["id"], right, say(wanted, new)


def looks_like_signature(wanted, new):
    rest = folded(wanted)[len(folded(new)):].strip()
    return rest.startswith(("--", "__", "Sent ", "—")) or (len(rest) < 400 and bool(re.search(r"@|www|\+?\d[\d ()-]{6,}", rest)))


def mime(corpus, binary, say):
    read = inspect(binary, sorted(glob.glob(f"{corpus}/mime/*.eml")))
    for name, one in read.items():
        wanted = json.load(open(f"{corpus}/mime/{name[:-4]}.expected.json"))
        names = {os.path.basename(a["name"]) for a in one["attachments"]}
        faults = []
        if "from" in wanted and (one["from"] or {}).get("address", "").lower() != (wanted["from"] or "").lower():
            faults.append(("from", wanted["from"], one["from"]))
        if "subject" in wanted and folded(one["subject"]) != folded(wanted["subject"] or ""):
            faults.append(("subject", wanted["subject"], one["subject"]))
        if "text_snippet" in wanted and bare(wanted["text_snippet"]) not in bare(one["text"]):
            faults.append(("text", wanted["text_snippet"], one["text"][:200]))
        for key in ("attachment_names", "attachment_names_include"):
            missing = [n for n in wanted.get(key) or [] if os.path.basename(n) not in names]
            if missing:
                faults.append((key, missing, sorted(names)))
        if "attachment_count" in wanted and wanted["attachment_count"] is not None and len(one["attachments"]) < wanted["attachment_count"]:
            faults.append(("count", wanted["attachment_count"], sorted(names)))
        yield name[:-4], not faults, say("", faults)


def bounce(corpus, binary, say):
    read = inspect(binary, sorted(glob.glob(f"{corpus}/bounce/*.eml")))
    meant = {"bounce": "bounce", "auto_reply": "auto_reply", "normal": "person", "feedback_report": "auto_reply", "delivery_notice": "auto_reply"}
    for name, one in read.items():
        wanted = json.load(open(f"{corpus}/bounce/{name[:-4]}.expected.json"))
        faults = []
        if one["kind"] != meant[wanted["kind"]]:
            faults.append(("kind", wanted["kind"], one["kind"], one["subject"]))
        elif wanted["kind"] == "bounce":
            known = [r.lower() for r in (wanted.get("failed_recipients") or []) + (wanted.get("also_accept") or [])]
            if known and (one["bounce"]["recipient"] or "").lower() not in known:
                faults.append(("recipient", known, one["bounce"]["recipient"]))
        yield name[:-4], not faults, say("", faults)


FORBIDDEN = re.compile(
    r"<\s*(script|iframe|object|embed|base|meta|form|svg|math|style|link|video|audio|input)\b|[\s/\"']on[a-z]+\s*=(?=[^<>]*>)|"
    r"(?:href|src|style|background)\s*=\s*[\"'][^\"']*(?:javascript|vbscript):|src\s*=\s*[\"']\s*(?:https?:|//)|data:(?!image/(?:png|jpeg|gif|webp);base64)[a-z/+]+[,;][^<]*\"|url\(",
    re.I,
)


def html(corpus, binary, say):
    cases = json.load(open(f"{corpus}/html/index.json"))
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            body = open(f"{corpus}/html/{case['file']}", "rb").read()
            open(f"{folder}/{case['file']}.eml", "wb").write(wrapped(body, "text/html"))
        read = inspect(binary, [folder])
    for case in cases:
        shown = read[case["file"] + ".eml"]["html"] or ""
        bad = [s for s in case.get("must_not_contain_after_sanitising", []) if s.lower() in shown.lower()]
        # Only tags can act: text that looks like an attack stays text.
        tags = " ".join(re.findall(r"<[^>]*>", shown))
        found = FORBIDDEN.search(tags)
        yield case["file"], not bad and not found, say(str(bad) + (found.group(0) if found else ""), shown[:500])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("corpus")
    args.add_argument("--binary", default="target/release/restante")
    args.add_argument("--set", choices=["reply", "mime", "bounce", "html"])
    args.add_argument("--diff", action="store_true")
    args = args.parse_args()

    def say(wanted, got):
        return f"    wanted: {wanted!r}\n    read:   {got!r}" if args.diff else ""

    print(f"{'set':8}{'cases':>7}{'right':>7}{'wrong':>7}  wrong ones")
    all_right = True
    for measure in (reply, mime, bounce, html):
        if args.set in (None, measure.__name__):
            results = list(measure(args.corpus, args.binary, say))
            wrong = [(name, told) for name, right, told in results if not right]
            all_right &= not wrong
            print(f"{measure.__name__:8}{len(results):7}{len(results) - len(wrong):7}{len(wrong):7}  {' '.join(name for name, _ in wrong)}")
            for name, told in wrong if args.diff else []:
                print(f"  {name}\n{told}")
    return 0 if all_right else 1


if __name__ == "__main__":
    sys.exit(main())
