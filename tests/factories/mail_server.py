"""A small SMTP server in a thread: it takes letters, refuses some, or says that it cannot."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Behaviour:
    """How the server answers, and what it saw."""

    refused: frozenset[str] = frozenset()  # recipients
    greeting: str = "220 mail.example"
    sender_answer: str = "250 OK"
    data_answer: str = "250 taken"
    extensions: tuple[str, ...] = ()
    passwords: frozenset[tuple[str, str]] = frozenset()
    letters: list[tuple[str, bytes]] = field(default_factory=list)  # (recipient, letter)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class Conversation(socketserver.StreamRequestHandler):
    """One connection: line by line, as in RFC 5321 and RFC 4954."""

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(line + "\r\n" for line in lines).encode())

    def handle(self) -> None:
        behaviour: Behaviour = self.server.behaviour
        self.say(behaviour.greeting)
        recipient = ""
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            command = line.split(" ")[0].upper()
            behaviour.commands.append(command)
            if command == "EHLO":
                names = ("mail.example", *behaviour.extensions)
                self.say(*(f"250-{name}" for name in names[:-1]), f"250 {names[-1]}")
            elif command == "AUTH":
                _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                accepted = (user, password) in behaviour.passwords
                self.say("235 welcome" if accepted else "535 wrong name or password")
            elif command == "MAIL":
                self.say(behaviour.sender_answer)
            elif command == "RCPT":
                recipient = line.split("<")[1].split(">")[0]
                self.say("550 no such mailbox" if recipient in behaviour.refused else "250 OK")
            elif command == "DATA":
                self.say("354 go on")
                letter = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    letter += part
                self.say(behaviour.data_answer)
                if behaviour.data_answer.startswith("250"):
                    behaviour.letters.append((recipient, letter))
            else:
                self.say("221 bye" if command == "QUIT" else "250 OK")
                if command == "QUIT":
                    return


@contextmanager
def mail_server(**changes: object) -> Iterator[Behaviour]:
    behaviour = Behaviour(**changes)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        server.behaviour = behaviour
        behaviour.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield behaviour
        finally:
            server.shutdown()
            thread.join()
