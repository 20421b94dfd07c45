"""The kit's own tests draw the same values each time, have no deadline, and let what they start hear Ctrl-C."""

import signal

from hypothesis import settings

settings.load_profile("ci")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So it is below a shell that put the tests in the background, and all that they start would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
