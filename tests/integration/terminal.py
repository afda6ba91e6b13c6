"""A program at a terminal of its own, and an interactive shell at one, at which text is pasted as a person would."""

import contextlib
import fcntl
import os
import pty
import re
import select
import subprocess
import termios

from support import DEADLINE_SECONDS, wait_until

_PROMPT = re.compile(r"@@(\d+)@@")
_ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[=>])|\r")


class Terminal:
    """`said` is all that has been read from it. Close it at the end."""

    def __init__(self, words, env, cwd=None):
        self._mine, self._theirs = pty.openpty()
        self.process = subprocess.Popen(words, stdin=self._theirs, stdout=self._theirs, stderr=self._theirs, env=env, cwd=cwd,
                                        start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self._bytes, self.said = b"", ""

    def echoes(self):
        return bool(termios.tcgetattr(self._theirs)[3] & termios.ECHO)

    def read(self):
        if select.select([self._mine], [], [], 0)[0]:
            self._bytes += os.read(self._mine, 65536)
            self.said = self._bytes.decode(errors="replace")
        return self.said

    def wait_until_said(self, condition, what, seconds=DEADLINE_SECONDS):
        """Until condition(all that was said) is true; a program that ends before that fails."""
        def met():
            ended = self.process.poll() is not None
            if condition(self.read()):
                return True
            if ended:
                raise AssertionError(f"the program ended before {what}; the terminal shows:\n{self.said[-3000:]}")
            return False

        try:
            wait_until(met, what, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; the terminal shows:\n{self.said[-3000:]}") from None

    def wait_for(self, text):
        wait_until(lambda: text in self.read(), f"{text!r} at the terminal")

    def type(self, text):
        os.write(self._mine, text.encode())

    def end(self):
        """The exit code, once what was said has been read."""
        wait_until(lambda: self.process.poll() is not None or self.read() is None, "the program to end")
        self.read()
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._mine)
        os.close(self._theirs)


class Shell:
    """An interactive bash, or what leads to one. close() ends it and all that it started."""

    def __init__(self, words, env, cwd="/"):
        self._terminal = Terminal(words, env, cwd)
        self.paste("PS1='@@$?@@'; PS2=; bind 'set enable-bracketed-paste off'")

    def paste(self, text, answers=(), seconds=60, interrupt_after=None):
        """Types `text`, all of it at once, and waits until each of its lines has been run: (exit codes, output).
        `answers` are typed one after the other, when the output ends as a question does. With `interrupt_after`, a
        condition on the output so far, Ctrl-C is pressed when it is met."""
        lines = text.rstrip("\n").split("\n")
        begin = len(self._terminal.said)
        self._terminal.type("\n".join(lines) + "\n")

        def wait(condition, what, begin=begin):
            self._terminal.wait_until_said(lambda said: condition(_ESCAPES.sub("", said[begin:])), what, seconds)

        asked = begin
        for answer in answers:
            wait(lambda seen: seen.endswith(": "), "a question", asked)
            asked = len(self._terminal.said)
            self._terminal.type(answer + "\n")
        if interrupt_after:
            wait(interrupt_after, "the moment for Ctrl-C")
            self._terminal.type("\x03")
        wait(lambda seen: len(_PROMPT.findall(seen)) >= len(lines), "the prompt")
        seen = _ESCAPES.sub("", self._terminal.said[begin:])
        return [int(code) for code in _PROMPT.findall(seen)], _PROMPT.sub("", seen)

    def close(self):
        """What is in the background would take a closed terminal only for a SIGHUP."""
        with contextlib.suppress(AssertionError, OSError):
            self.paste("kill $(jobs -p); wait")
            self._terminal.type("exit\n")
            self._terminal.end()
        self._terminal.close()
