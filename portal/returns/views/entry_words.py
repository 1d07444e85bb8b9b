"""Sentences that the script of the entry form says, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext


def entry_words() -> dict[str, str]:
    """Sentences by name; {places} are filled in by the script."""
    return {
        "saved": gettext("Saved at {time}"),
        "savedExcept": gettext("Saved at {time}, except for figures to correct: {count}"),
        "waiting": gettext("Waiting to be saved"),
        "saving": gettext("Saving …"),
        "error": gettext("Error – we will try again"),
        "offline": gettext("Error – you are offline, we will try again. What you write stays here."),
        "signedOut": gettext("Your sign-in has ended. What you wrote is kept and offered to you after you sign in."),
        "signIn": gettext("Sign in again"),
        "refused": gettext("This cannot be saved by itself. Reload the page; what you wrote is offered to you there."),
        "reload": gettext("Reload the page"),
        "kept": gettext("Figures that were not saved are kept from {time}: {count}."),
        "restore": gettext("Put them back into the boxes"),
        "discard": gettext("Throw them away"),
        "conflict": gettext("{name} saved another value meanwhile: {stored}. You have: {mine}."),
        "keepMine": gettext("Keep mine"),
        "takeStored": gettext("Take the stored one"),
        "notApplicable": gettext("not applicable"),
        "empty": gettext("nothing"),
        "choose": gettext("Somebody else changed the same figure. Choose which value holds."),
        "pasted": gettext("Figures filled in by pasting: {count}."),
        "unfit": gettext("What did not fit and was left out: {count} ({which})."),
        "undone": gettext("The pasting is taken back."),
        "found": gettext("Figures to look at: {count} ({which})."),
        "foundNothing": gettext("Nothing unusual is left among the saved figures."),
        "error_prefix": gettext("Error"),
    }
