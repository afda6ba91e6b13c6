"""Input at a given rate, each kind of device by its own way in."""

import time
from dataclasses import dataclass

from .inputtest_client import InputtestDevice
from .rfb_client import RfbClient
from .x11_client import BUTTON_PRESS, BUTTON_RELEASE, KEY_PRESS, KEY_RELEASE, MOTION, X11Client

KEY_A = 38  # the X keycode of the key `a`, on evdev's and on XFree86's maps
_KEYSYM_A = 0x61
_WHEEL_UP, _WHEEL_DOWN, _WHEEL_LEFT, _WHEEL_RIGHT = 4, 5, 6, 7
_SCROLL_X_AXIS, _SCROLL_Y_AXIS, _SCROLL_INCREMENT = 2, 3, 120


@dataclass
class Injected:
    """What was put in: how many events (a press with its release is one) and how fast."""

    count: int
    seconds: float

    @property
    def rate(self):
        return self.count / self.seconds if self.seconds else 0.0


def _paced(actions, rate):
    """Does the actions on the ticks of a clock of `rate` a second; late ones follow without a gap."""
    begin = time.monotonic()
    count = 0
    for action in actions:
        wait = begin + count / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        action()
        count += 1
    return Injected(count, max(time.monotonic() - begin, count / rate))


class Injector:
    """Every method returns when the X server has handled the input. Derived classes fill in the device."""

    def keys(self, count, rate):
        return self._play((self._tap_key for _ in range(count)), rate)

    def clicks(self, count, rate, button=1):
        return self._play((lambda: self._tap_button(button) for _ in range(count)), rate)

    def scroll(self, dx, dy, rate):
        """Wheel notches, right and down positive."""
        notches = [(1 if dx > 0 else -1, 0)] * abs(dx) + [(0, 1 if dy > 0 else -1)] * abs(dy)
        return self._play((lambda notch=notch: self._notch(*notch) for notch in notches), rate)

    def move(self, points, rate):
        """One motion event for each point."""
        return self._play((lambda point=point: self._move_to(*point) for point in points), rate)

    def hold_key(self, repeats, rate):
        """A key held down, with the repeats that the device sends."""
        return self._play([lambda: self._key(True)] * (1 + repeats) + [lambda: self._key(False)], rate)

    def sync(self):
        raise NotImplementedError

    def close(self):
        raise NotImplementedError

    def _play(self, actions, rate):
        injected = _paced(actions, rate)
        self.sync()
        return injected

    def _tap_key(self):
        self._key(True, False)

    def _notch(self, dx, dy):
        if dx:
            self._tap_button(_WHEEL_RIGHT if dx > 0 else _WHEEL_LEFT)
        else:
            self._tap_button(_WHEEL_DOWN if dy > 0 else _WHEEL_UP)

    def _key(self, *states):
        raise NotImplementedError

    def _tap_button(self, button):
        raise NotImplementedError

    def _move_to(self, x, y):
        raise NotImplementedError


class XTestInjector(Injector):
    """Scripted input, as xdotool makes it."""

    def __init__(self, display):
        self._client = X11Client(display)

    def sync(self):
        self._client.sync()

    def close(self):
        self._client.close()

    def _key(self, *states):
        self._client.fake_input(*((KEY_PRESS if down else KEY_RELEASE, KEY_A, 0, 0) for down in states))

    def _tap_button(self, button):
        self._client.fake_input((BUTTON_PRESS, button, 0, 0), (BUTTON_RELEASE, button, 0, 0))

    def _move_to(self, x, y):
        self._client.fake_input((MOTION, 0, x, y))


class NestedInjector(XTestInjector):
    """XTEST on an outer server, which a server that runs as its client takes for its own mouse and keyboard."""

    def __init__(self, outer_display, inner_display):
        super().__init__(outer_display)
        self._inner = X11Client(inner_display)

    def sync(self):
        # Two rounds: the outer server flushes to its other clients after it has answered this one.
        for client in (self._client, self._client, self._inner, self._inner):
            client.sync()

    def close(self):
        super().close()
        self._inner.close()


class RfbInjector(Injector):
    """A VNC viewer's keyboard and mouse."""

    def __init__(self, socket_path, display):
        self._x11 = X11Client(display)
        self._viewer = RfbClient(socket_path)
        self._at = self._x11.pointer()

    def sync(self):
        self._viewer.sync()
        self._x11.sync()

    def close(self):
        self._viewer.close()
        self._x11.close()

    def _key(self, *states):
        self._viewer.key(_KEYSYM_A, *states)

    def _tap_button(self, button):
        self._viewer.pointer(*self._at, 1 << (button - 1), 0)

    def _move_to(self, x, y):
        self._at = (x, y)
        self._viewer.pointer(x, y, 0)


class InputtestInjector(Injector):
    """A mouse (relative motion, smooth scrolling) and a keyboard at the inputtest driver."""

    def __init__(self, mouse_path, keyboard_path, display):
        self._x11 = X11Client(display)
        self._mouse = InputtestDevice(mouse_path)
        self._keyboard = InputtestDevice(keyboard_path)
        self._at = (0, 0)

    def move(self, points, rate):
        self._at = self._x11.pointer()
        return super().move(points, rate)

    def sync(self):
        self._mouse.sync()
        self._keyboard.sync()
        self._x11.sync()

    def close(self):
        for part in (self._mouse, self._keyboard, self._x11):
            part.close()

    def _key(self, *states):
        self._keyboard.key(KEY_A, *states)

    def _tap_button(self, button):
        self._mouse.button(button, True, False)

    def _notch(self, dx, dy):
        self._mouse.move({_SCROLL_X_AXIS: dx * _SCROLL_INCREMENT, _SCROLL_Y_AXIS: dy * _SCROLL_INCREMENT})

    def _move_to(self, x, y):
        self._mouse.move({0: x - self._at[0], 1: y - self._at[1]})
        self._at = (x, y)
