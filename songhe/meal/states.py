"""How a menu and a booking move."""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.meal.models import Booking, Menu

WRONG_STATE = wrong_state("meal")

MENU = Table(
    {
        "begin": ({Menu.State.OPEN}, Menu.State.SERVING),
        "finish": ({Menu.State.SERVING}, Menu.State.DONE),
        "cancel": ({Menu.State.OPEN, Menu.State.SERVING}, Menu.State.CANCELLED),
    },
    labels=dict(Menu.State.choices),
    refuses=WRONG_STATE,
)

BOOKING = Table(
    {
        "cancel": ({Booking.State.BOOKED}, Booking.State.CANCELLED),
        "serve": ({Booking.State.BOOKED, Booking.State.NOT_COLLECTED}, Booking.State.SERVED),
        "unserve": ({Booking.State.SERVED}, Booking.State.BOOKED),
        "leave": ({Booking.State.SERVED}, Booking.State.CANCELLED),
        "miss": ({Booking.State.BOOKED}, Booking.State.NOT_COLLECTED),
    },
    labels=dict(Booking.State.choices),
    refuses=WRONG_STATE,
)
