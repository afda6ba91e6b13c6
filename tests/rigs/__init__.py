"""X servers to test against, and ways to put real and scripted input into them.

A rig is a context manager with one API, whatever stands behind it:

    with XvncRig() as rig:
        rig.display             ":17", for DISPLAY
        rig.input.keys(100, rate=1000)      from the rig's own devices (genuine, where rig.genuine)
        rig.scripted.clicks(10, rate=10)    by XTEST: scripted, on every rig
        rig.x11.warp(10, 10)                what a program does that moves the pointer

Servers take the next free display (-displayfd), listen on unix sockets alone, and are gone after stop().
Python 3 standard library only.
"""

from .path import path_length, polyline
from .process import RigError
from .servers import RIGS, XephyrRig, XorgRig, XvfbRig, XvncRig

__all__ = ["RIGS", "RigError", "XephyrRig", "XorgRig", "XvfbRig", "XvncRig", "path_length", "polyline"]
