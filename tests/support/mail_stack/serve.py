#!/usr/bin/env python3
"""The same mail provider as the tests' (see ../mail_stack.rs), for scripts: starts it in FOLDER, prints its ports as shell
variables and then "ready", and stops it when its standard input ends.

  serve.py FOLDER [--imap-only]
"""
import os
import random
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PASSWORD = "correct-horse-battery"
PORTS = ("imap", "imaps", "lmtp", "smtp", "submission", "submissions", "auth")


def free_ports(count):
    held = []
    while len(held) < count:
        probe = socket.socket()
        try:
            probe.bind(("127.0.0.1", random.randrange(12_000, 32_000)))
            held.append(probe)
        except OSError:
            probe.close()
    ports = [probe.getsockname()[1] for probe in held]
    for probe in held:
        probe.close()
    return ports


def configure(folder):
    for name in ("run", "state", "log", "mail", "tls", "pf", "pfq", "pfd"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    os.chmod(folder, 0o755)
    facts = {"folder": folder, "password": PASSWORD} | dict(zip(PORTS, free_ports(len(PORTS))))
    for source, target in (("dovecot.conf", "dovecot.conf"), ("main.cf", "pf/main.cf"), ("master.cf", "pf/master.cf"), ("boxes", "pf/boxes")):
        text = open(os.path.join(HERE, source)).read()
        for name, value in facts.items():
            text = text.replace("{%s}" % name, str(value))
        with open(os.path.join(folder, target), "w") as out:
            out.write(text)
    for name in ("no-users", "log/postfix.log", "log/dovecot.log"):
        open(os.path.join(folder, name), "w").close()
    certificates = open(os.path.join(HERE, "certificates.sh")).read()
    subprocess.run(["sh", "-euc", certificates], cwd=os.path.join(folder, "tls"), check=True, capture_output=True)
    subprocess.run(["chown", "-R", "mail:mail", os.path.join(folder, "mail")], check=True)
    subprocess.run(["chown", "postfix:postfix", os.path.join(folder, "pfd")], check=True)
    return facts


def wait_for(ports):
    deadline = time.monotonic() + 30
    for port in ports:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    sys.exit(f"nothing listens on {port}")
                time.sleep(0.05)


def main():
    folder, imap_only = os.path.abspath(sys.argv[1]), "--imap-only" in sys.argv
    facts = configure(folder)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": open(os.path.join(folder, "log/out"), "ab"), "stderr": subprocess.STDOUT, "start_new_session": True}
    servers = [subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", f"{folder}/dovecot.conf"], **quiet)]
    try:
        if not imap_only:
            subprocess.run(["/usr/sbin/postfix", "-c", f"{folder}/pf", "check"], check=True, stderr=subprocess.DEVNULL)
            servers.append(subprocess.Popen(["/usr/lib/postfix/sbin/master", "-c", f"{folder}/pf", "-s"], **quiet))
        wait_for(port for name, port in facts.items() if name in (("imap", "imaps") if imap_only else PORTS))
        for name in PORTS:
            print(f"{name.upper()}={facts[name]}")
        print(f"PASSWORD={PASSWORD}\nCA={folder}/tls/ca.pem\n# ready", flush=True)
        sys.stdin.read()
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


if __name__ == "__main__":
    main()
