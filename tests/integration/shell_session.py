"""An interactive bash on a terminal, at which text is pasted as a person would."""

import contextlib
import os
import pty
import re
import select
import signal
import time

_PROMPT = re.compile(r"@@(\d+)@@")
_ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[=>])|\r")


class ShellSession:
    """`argv` ends in bash, started anew for each session; close() ends it and all that it started."""

    def __init__(self, argv, env, cwd=None):
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            try:
                os.chdir(cwd or "/")
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)
        self.paste("PS1='@@$?@@'; PS2=; bind 'set enable-bracketed-paste off'")

    def paste(self, text, answers=(), seconds=60, interrupt_after=None):
        """Types `text`, all of it at once, and waits until each of its lines has been run: (exit codes, output).
        `answers` are typed one after the other, when the output ends as a question does. With `interrupt_after`, a condition on the output so far,
        Ctrl-C is pressed when it is met."""
        lines = text.rstrip("\n").split("\n")
        self._seen = ""
        deadline = time.monotonic() + seconds
        self._send("\n".join(lines) + "\n")
        for answer in answers:
            self._read_until(lambda: self._seen.endswith(": "), deadline)
            self._seen += "\n"
            self._send(answer + "\n")
        if interrupt_after:
            self._read_until(lambda: interrupt_after(self._seen), deadline)
            self._send("\x03")
        self._read_until(lambda: len(_PROMPT.findall(self._seen)) >= len(lines) and self._seen.endswith("@@"), deadline)
        return [int(code) for code in _PROMPT.findall(self._seen)], _PROMPT.sub("", self._seen)

    def close(self):
        """Ends what the shell has in the background, for which a closed terminal would only be a SIGHUP, and the shell."""
        with contextlib.suppress(AssertionError, OSError):
            self.paste("kill $(jobs -p); wait")
        os.close(self._terminal)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            ended, _ = os.waitpid(self._pid, os.WNOHANG)
            if ended:
                return
            time.sleep(0.05)
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def _send(self, text):
        os.write(self._terminal, text.encode())

    def _read_until(self, condition, deadline):
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._terminal], [], [], left)[0]:
                raise AssertionError(f"waited in vain; the terminal shows:\n{self._seen[-3000:]}")
            try:
                self._seen += _ESCAPES.sub("", os.read(self._terminal, 65536).decode(errors="replace"))
            except OSError:
                raise AssertionError(f"the shell ended; the terminal shows:\n{self._seen[-3000:]}") from None
