"""Text that no phone should send, and some do."""

from typing import Final

HOSTILE: Final = [
    "",
    " ",
    "+",
    "++7",
    "7+4957777777",
    "٣٤٩٥٧٧٧٧٧٧٧",  # Arabic-Indic digits
    "\uff17\uff14\uff19\uff15\uff17\uff17\uff17\uff17\uff17\uff17\uff17",  # full-width digits
    "749577777⁷⁷",
    "²",
    "74951234567&SIP/premium/900123",
    "74951234567,20,m",
    "74951234567/premium",
    "74951234567@premium",
    "74951234567\n",
    "74951234567\r\nExec: 1",
    "7495\x001234567",
    "7495 123 45 67",
    "(495)1234567",
    "7" * 33,
    "7" * 200,
    "${SHELL(id)}",
    '"; DROP TABLE providers; --',
    "sip:74951234567",
    "anonymous",
    "📞",
    "7495\u202e1234567",
    "|",
    "a" * 1024,
]
"""None of it is a number; ``*`` and ``#`` are left out, for they are the beginning of feature codes."""

HALF_A_FEATURE_CODE: Final = ["*", "#", "*" * 12, "*9&", "*9,1", "9*"]
