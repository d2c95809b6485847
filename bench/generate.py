#!/usr/bin/env python3
"""Makes a shop's mail for measuring: conversations of one to nine letters between customers and support, with the
headers, alternatives, quotes, charsets and attachments that real ones have. The same seed gives the same bytes.

  bench/generate.py N TARGET [--as dir|maildir|mbox] [--seed 1] [--mailbox support@shop.test]

dir: TARGET/000001.eml …   maildir: TARGET/{cur,new,tmp}   mbox: one file, lines "From " escaped
"""
import argparse
import base64
import os
import quopri
import random
import time
from email.header import Header

FIRST_DAY = 1_735_689_600  # 2025-01-01 UTC
YEAR_SECONDS = 365 * 86_400

PEOPLE = """Mara Okafor|Tomás Riera|Greta Lindqvist|Wen Li|Ana Petrov|Jon Ashby|Leïla Benali|Søren Dahl|Yuki Tanaka|Priya Nair
Björn Åkesson|Chloé Martin|Ivan Horvat|Zofia Nowak|Mateo Silva|Ruth Abebe|Finn O'Hara|Nora Weiß|Ömer Kaya|Elena Rossi""".replace("\n", "|").split("|")
WORKS = "Low Tide|Fjäril|Harbour|Ember Field|Quiet Orbit|Salt Road|Two Dogs|Night Ferry|Paper Moon|Blue Kiln|Winter Garden|North Pier".split("|")
KINDS = "giclée print|original watercolour|framed print|canvas|poster|linocut|risograph|postcard set".split("|")
SIZES = "30x40|40x50|50x70|60x80|A3|A2|70x100".split("|")
SUBJECTS = [
    "Refund for “{work}”, arrived creased", "Where is my order {order}?", "Wrong frame size sent ({order})", "Is “{work}” coming back?",
    "Commission: portrait of {thing}", "Invoice for {order}, VAT number missing", "Question about shipping to {place}", "Change of address, {order}",
    "När kommer fler tryck av “{work}”?", "¿Enviáis a {place}?", "注文 {order} について", "Colours of the {kind}", "Gift wrapping for {order}",
]
THINGS = "two dogs|my grandmother|our first house|a lighthouse|a very old cat|the harbour at dawn".split("|")
PLACES = "Norway|Bilbao|Osaka|Malmö|Cork|Zagreb|New Zealand|Québec".split("|")
SENTENCES = """Hello, I ordered the {kind} “{work}” in {size} two weeks ago and it has not arrived yet.
The top right corner is creased and the tube was dented when the courier handed it over.
Could you tell me whether the {kind} is printed on cotton paper or on something smoother?
I would rather have the money back than another print, it was a gift for Saturday.
My order number is {order}, the receipt says {amount}.
The parcel was delivered on Thursday, but nobody rang the bell.
We love it! The colours are deeper than on the screen and the frame fits our hallway.
Please change the delivery address to the one below, we are moving at the end of the month.
I attached two photos of the damage and one of the packaging.
Would {amount} be all right for a commission of {thing}?
Thank you for the quick answer, that is very kind.
Does the {size} version come with a white border, and how wide is it?
Jag skulle gärna köpa två om de kommer tillbaka i lager.
Quisiera saber si todavía queda algún ejemplar de “{work}”.
先日注文した作品がまだ届いていません。ご確認をお願いします。
The tracking page has said “in transit” since {place}, is that normal?
We paid by bank transfer yesterday, the reference is {order}.
If you could post it before Friday I would be very grateful.
Is there a discount for buying the whole series, {work} included?
Sorry for writing again, I forgot to say that we need an invoice with our VAT number.""".split("\n")
ANSWERS = """Thank you for writing, we are sorry about the creased corner.
Your refund of {amount} is on its way and you can keep the print.
“{work}” will be back in {size} next month; shall we write to you then?
The parcel left us on Tuesday, here is the tracking number {order}.
We have changed the address of {order}; nothing else is needed from you.
The paper is 310 g cotton rag, unbleached, with a soft tooth.""".split("\n")
CLIENTS = ["Apple Mail (2.3774.500.171)", "Mozilla Thunderbird", "Microsoft Outlook 16.0", "iPhone Mail (21F90)", None]
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


class Conversation:
    """One customer's matter: knows its facts, its letters so far, and how the next one is written."""

    def __init__(self, dice, number, mailbox):
        self.dice, self.number, self.mailbox = dice, number, mailbox
        self.person = dice.choice(PEOPLE)
        plain = "".join(c for c in self.person.lower().replace(" ", ".") if c.isascii() and (c.isalnum() or c == "."))
        self.address = f"{plain}{dice.randrange(4000)}@{dice.choice(['example.test', 'mail.example.test', 'example.org'])}"
        self.facts = {
            "work": dice.choice(WORKS), "kind": dice.choice(KINDS), "size": dice.choice(SIZES), "thing": dice.choice(THINGS),
            "place": dice.choice(PLACES), "order": f"AT-{dice.randrange(10_000, 99_999)}", "amount": f"€{dice.randrange(20, 900)}.00",
        }
        self.subject = dice.choice(SUBJECTS).format(**self.facts)
        self.length = min(9, 1 + int(dice.expovariate(0.9)))
        self.at = FIRST_DAY + dice.randrange(YEAR_SECONDS)
        self.client = dice.choice(CLIENTS)
        self.ids, self.last_text = [], ""

    def next_letter(self):
        dice, inbound = self.dice, len(self.ids) % 2 == 0
        self.at += dice.randrange(600, 3 * 86_400) if self.ids else 0
        pool = SENTENCES if inbound else ANSWERS
        count = max(2, min(40, int(dice.lognormvariate(2.0, 0.7))))
        text = "\n\n".join(" ".join(dice.choice(pool).format(**self.facts) for _ in range(dice.randrange(1, 5))) for _ in range(max(1, count // 3)))
        text = f"{text}\n\n{'Best wishes' if inbound else 'Kind regards'},\n{self.person if inbound else 'Olivia, Tern & Tide Prints'}"
        quoted = "".join(f"> {line}\n" for line in self.last_text.splitlines())
        whole = f"{text}\n\nOn {time.strftime('%d %b %Y at %H:%M', time.gmtime(self.at - 3600))} {self.person} wrote:\n{quoted}" if quoted else text
        own = f"{dice.getrandbits(64):016x}.{self.number}.{len(self.ids)}@{self.address.split('@')[1] if inbound else 'shop.test'}"
        letter = self.headers(own, inbound) + self.body(text, whole, inbound)
        self.ids.append(own)
        self.last_text = whole
        return self.at, letter.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def headers(self, own, inbound):
        customer, shop = f"{word(self.person)} <{self.address}>", f"Tern & Tide Prints <{self.mailbox}>"
        sender, receiver = (customer, shop) if inbound else (shop, customer)
        day = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(self.at))
        lines = [f"Return-Path: <{self.address if inbound else self.mailbox}>"]
        for hop in range(self.dice.randrange(1, 5)):
            lines.append(f"Received: from out{hop}.example.test (out{hop}.example.test [192.0.2.{self.dice.randrange(250)}])\n\tby mx{hop}.shop.test with ESMTPS"
                         f" id {self.dice.getrandbits(48):012x}\n\tfor <{self.mailbox}>; {day}")
        lines += [f"Authentication-Results: mx.shop.test; spf=pass smtp.mailfrom=example.test;\n\tdkim=pass header.d=example.test; dmarc=pass",
                  f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.test; s=s1;\n\tb={base64.b64encode(self.dice.randbytes(96)).decode()}",
                  f"From: {sender}", f"To: {receiver}", f"Subject: {word(('Re: ' if self.ids else '') + self.subject)}", f"Date: {day}", f"Message-ID: <{own}>"]
        if self.ids:
            lines += [f"In-Reply-To: <{self.ids[-1]}>", "References: " + "\n\t".join(f"<{i}>" for i in self.ids)]
        if inbound and self.client:
            lines.append(f"X-Mailer: {self.client}")
        return ("\n".join(lines) + "\nMIME-Version: 1.0\n").encode()

    def body(self, text, whole, inbound):
        dice = self.dice
        shape = dice.random()
        if shape < 0.35:
            return text_part(whole, dice)
        html = "<html><body>" + "".join(f"<p style=\"margin:0 0 1em\">{p}</p>" for p in text.split("\n\n")) + "</body></html>"
        edge = f"=_{dice.getrandbits(80):020x}"
        parts = [text_part(whole, dice), html_part(html)]
        alternative = joined("alternative", edge, parts)
        if shape < 0.85 or not inbound:
            return alternative
        photos = [photo(dice, n) for n in range(dice.randrange(1, 4))]
        return joined("mixed", f"{edge}m", [alternative] + photos)


def word(text):
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=70).encode(linesep="\n")


def text_part(text, dice):
    if text.isascii():
        return b"Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\n" + text.encode() + b"\n"
    charset = "utf-8"
    if dice.random() < 0.2:
        try:
            text.encode("iso-8859-15")
            charset = "iso-8859-15"
        except UnicodeEncodeError:
            pass
    return f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: quoted-printable\n\n".encode() + quopri.encodestring(text.encode(charset)) + b"\n"


def html_part(html):
    return b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(html.encode())


def photo(dice, number):
    data = PIXEL + dice.randbytes(dice.randrange(2_000, 30_000))
    head = f"Content-Type: image/png; name=\"IMG_{dice.randrange(9999):04}.png\"\nContent-Disposition: attachment; filename=\"damage-{number + 1}.png\"\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + base64.encodebytes(data)


def joined(kind, edge, parts):
    head = f"Content-Type: multipart/{kind}; boundary=\"{edge}\"\n\n".encode()
    return head + b"".join(f"--{edge}\n".encode() + part + b"\n" for part in parts) + f"--{edge}--\n".encode()


def letters(count, seed, mailbox):
    """`count` letters, conversations interleaved as they are in life."""
    dice = random.Random(seed)
    open_ones, number, made = [], 0, 0
    while made < count:
        if len(open_ones) < 200:
            number += 1
            open_ones.append(Conversation(random.Random(dice.getrandbits(64)), number, mailbox))
        at = dice.randrange(len(open_ones))
        conversation = open_ones[at]
        yield conversation.next_letter()
        made += 1
        if len(conversation.ids) >= conversation.length:
            open_ones[at] = open_ones[-1]
            open_ones.pop()


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("count", type=int)
    words.add_argument("target")
    words.add_argument("--as", dest="shape", choices=["dir", "maildir", "mbox"], default="dir")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--mailbox", default="support@shop.test")
    wish = words.parse_args()
    mails = letters(wish.count, wish.seed, wish.mailbox)
    if wish.shape == "mbox":
        with open(wish.target, "wb") as out:
            for at, mail in mails:
                day = time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime(at))
                lines = mail.replace(b"\r\n", b"\n").split(b"\n")
                escaped = b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)
                out.write(f"From MAILER-DAEMON {day}\n".encode() + escaped + b"\n")
        return
    for name in ["cur", "new", "tmp"] if wish.shape == "maildir" else [""]:
        os.makedirs(os.path.join(wish.target, name), exist_ok=True)
    for number, (at, mail) in enumerate(mails, 1):
        name = f"{number:06}.eml" if wish.shape == "dir" else f"cur/{at}.M{number:06}P1.bench,S={len(mail)},W={wire_size(mail)}:2,S"
        path = os.path.join(wish.target, name)
        with open(path, "wb") as out:
            out.write(mail)
        os.utime(path, (at, at))


def wire_size(mail):
    """With CRLF at every line's end: what Dovecot notes in a file's name when it delivers, and answers RFC822.SIZE from."""
    return len(mail) + mail.count(b"\n") - mail.count(b"\r\n")


if __name__ == "__main__":
    main()
