#!/usr/bin/env python3
"""The main job against the container of bin/test-image, by somebody without a browser: a customer writes, the owner makes
their account by the link of the first start, an agent finds the mail by search and answers in the page's own form, the
answer lies in the customer's box in their thread, the customer's thanks join.

  main_job.py CONTAINER URL SETUP_LINK     with SMTP, IMAP and PASSWORD of the mail servers in the environment
"""
import email
import email.policy
import html
import html.parser
import http.cookiejar
import imaplib
import os
import re
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

CUSTOMER, SHOP = "mara@example.test", "support@shop.test"
OWNER, OWNER_PASSWORD = "olivia@shop.test", "a-long-winded-passphrase"
AGENT, AGENT_PASSWORD = "agnes@shop.test", "another-winded-passphrase"
FIRST, THANKS = "<image.1@example.test>", "<image.2@example.test>"
ANSWER = "I am sorry that it reached you creased. Your refund is on its way."
PATIENCE_S = 60


class Forms(html.parser.HTMLParser):
    """The forms of a page: where each goes and what it already holds."""

    def __init__(self, text):
        super().__init__()
        self.found, self.area = [], None
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        has = dict(pairs)
        if tag == "form":
            self.found.append({"action": has.get("action", ""), "multipart": "multipart" in has.get("enctype", ""), "fields": {}})
        elif self.found and tag == "input" and has.get("name") and has.get("type") not in ("checkbox", "radio", "file", "submit"):
            self.found[-1]["fields"][has["name"]] = has.get("value") or ""
        elif self.found and tag == "textarea":
            self.area = has.get("name")
            self.found[-1]["fields"][self.area] = ""

    def handle_data(self, data):
        if self.area:
            self.found[-1]["fields"][self.area] += data

    def handle_endtag(self, tag):
        self.area = None if tag == "textarea" else self.area


class Visitor:
    """Keeps cookies, follows redirects, fills in forms."""

    def __init__(self, base):
        self.base = base
        self.http = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path, body=None, headers=None):
        request = urllib.request.Request(urllib.parse.urljoin(self.base, path), body, {"Origin": self.base} | (headers or {}))
        try:
            with self.http.open(request, timeout=30) as answer:
                return answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as refused:
            text = refused.read().decode()
            # Whoever is not signed in gets the sign-in form with a 401.
            return (refused.geturl(), text) if refused.code == 401 else sys.exit(f"{path} answers {refused.code}:\n{text}")

    def submit(self, page, action, **filled):
        form = next((f for f in Forms(page).found if re.fullmatch(action, f["action"])), None) or sys.exit(f"no form {action} on\n{page}")
        fields = form["fields"] | filled
        if not form["multipart"]:
            return self.get(form["action"], urllib.parse.urlencode(fields).encode())
        line = "restante-image-test"
        parts = "".join(f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
        return self.get(form["action"], f"{parts}--{line}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={line}"})

    def sign_in(self, address, password):
        page = self.submit(self.get("/")[1], "/login", email=address, password=password)[1]
        assert 'type="password"' not in page, f"{address} cannot sign in:\n{page}"


def main():
    container, base, link = sys.argv[1:]
    customer_writes(FIRST, "", "Creased print", "Order AT-10482. The top right corner of the Nordlys print is creased.")
    Visitor(base).submit(Visitor(base).get(link)[1], "/setup/.*", name="Olivia Owner", email=OWNER, password=OWNER_PASSWORD)
    Visitor(base).sign_in(OWNER, OWNER_PASSWORD)
    add = ["agent", "add", "--email", AGENT, "--name", "Agnes Agent", "--role", "agent", "--password-stdin"]
    subprocess.run(["docker", "exec", "-i", container, "restante", *add], input=AGENT_PASSWORD.encode(), check=True)
    print("an owner by the link of the first start, an agent by docker exec: both sign in")

    agent = Visitor(base)
    agent.sign_in(AGENT, AGENT_PASSWORD)
    found = wait_for("the mail is found by search", lambda: re.search(r'id="found-\d+"><a href="([^"]+)"', agent.get("/search?q=nordlys+AT-10482")[1]))
    conversation, page = agent.get(html.unescape(found[1]))
    assert "The top right corner" in page, page
    print("found by search:", urllib.parse.urlsplit(conversation).path)
    agent.submit(page, "/conversations/[0-9]+/replies", text=ANSWER, then="open")

    answer = wait_for("the answer lies in the customer's box", lambda: box_of(CUSTOMER, ANSWER))
    said = {name: " ".join(str(answer[name]).split()) for name in ("From", "To", "Subject", "In-Reply-To", "References", "Message-ID")}
    assert said["In-Reply-To"] == FIRST and said["References"].split()[-1] == FIRST, said
    assert said["Subject"] == "Re: Creased print" and CUSTOMER in said["To"] and SHOP in said["From"], said
    print("answered:", said)

    customer_writes(THANKS, f"In-Reply-To: {said['Message-ID']}\r\nReferences: {FIRST} {said['Message-ID']}\r\n", "Re: Creased print", "That was quick!")
    wait_for("the customer's thanks join the conversation", lambda: "That was quick!" in agent.get(conversation)[1])
    print("the customer's thanks joined the conversation")


def customer_writes(identifier, threads, subject, words):
    head = f"From: Mara <{CUSTOMER}>\r\nTo: {SHOP}\r\nSubject: {subject}\r\nMessage-ID: {identifier}\r\n{threads}"
    with smtplib.SMTP("127.0.0.1", int(os.environ["SMTP"])) as server:
        server.sendmail(CUSTOMER, [SHOP], f"{head}\r\n{words}\r\n")


def box_of(address, words):
    """The mail in this person's own inbox that says so."""
    box = imaplib.IMAP4("127.0.0.1", int(os.environ["IMAP"]))
    try:
        box.login(address, os.environ["PASSWORD"])
        box.select("INBOX", readonly=True)
        for number in box.search(None, "ALL")[1][0].split():
            mail = email.message_from_bytes(box.fetch(number, "(BODY.PEEK[])")[1][0][1], policy=email.policy.default)
            if words in " ".join(mail.get_body(("plain",)).get_content().split()):
                return mail
        return None
    finally:
        box.logout()


def wait_for(what, look):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.2)
    sys.exit(f"in vain: {what}")


if __name__ == "__main__":
    main()
