"""The second factor of one's own account.

People of the kraj come here at their first sign-in and when they change the phone. They fear locking themselves out,
so the recovery codes come at once and the page says who helps when everything is lost.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext

from portal.accounts.second_factor import derived_secret, new_seed, provisioning_uri, qr_image
from portal.accounts.service import own
from portal.accounts.session import current_person, renew_session, secret_key
from portal.accounts.views.blueprint import bp
from portal.accounts.views.own import Answer, Errors, own_password_fault, said
from portal.core.errors import Invalid
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires

_OFFERED_SEED = "offered_seed"  # worth nothing without the portal's secret key, so the cookie may carry it


@bp.get("/ucet/druhy-faktor")
@requires(Permission.SIGNED_IN)
def second_factor() -> Answer:
    return _page({})


def _page(errors: Errors) -> str:
    user = current_person()
    if user.person.has_second_factor:
        return render_template(
            "accounts/second_factor.html",
            email=user.person.email,
            codes_left=own.count_recovery_codes(current_actor()),
            obligatory=user.second_factor_is_obligatory,
            errors=errors,
        )
    secret = derived_secret(_offered_seed(), secret_key())
    settings = current_settings()
    uri = provisioning_uri(secret, email=user.person.email, issuer=settings.region_name)
    return render_template(
        "accounts/enrol.html",
        qr=qr_image(uri),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        obligatory=user.second_factor_is_obligatory,
        errors=errors,
    )


def _offered_seed() -> str:
    seed: str = session.setdefault(_OFFERED_SEED, new_seed())
    return seed


@bp.post("/ucet/druhy-faktor")
@requires(Permission.SIGNED_IN)
def enrol_second_factor() -> Answer:
    if current_person().person.has_second_factor:
        return redirect(url_for("accounts.second_factor"))
    try:
        with transaction():
            person, codes = own.enrol_second_factor(
                current_actor(), seed=_offered_seed(), code=request.form.get("code", ""), secret_key=secret_key()
            )
    except Invalid as error:
        return _page(said(error)), 422
    session.pop(_OFFERED_SEED)
    renew_session(person)
    return render_template("accounts/recovery_codes.html", codes=codes, is_new=True)


@bp.post("/ucet/druhy-faktor/zruseni")
@requires(Permission.SIGNED_IN)
def remove_second_factor() -> Answer:
    user = current_person()
    if not user.person.has_second_factor:
        return redirect(url_for("accounts.second_factor"))
    errors = own_password_fault(request.form.get("password_remove", ""), "password_remove")
    if errors:
        return _page(errors), 422
    with transaction():
        person = own.remove_second_factor(current_actor(), is_obligatory=user.second_factor_is_obligatory)
    renew_session(person)
    flash(gettext("The second factor is removed. You sign in with the password alone."), "success")
    return redirect(url_for("accounts.account"))


@bp.post("/ucet/druhy-faktor/zalozni-kody")
@requires(Permission.SIGNED_IN)
def replace_recovery_codes() -> Answer:
    if not current_person().person.has_second_factor:
        return redirect(url_for("accounts.second_factor"))
    errors = own_password_fault(request.form.get("password_codes", ""), "password_codes")
    if errors:
        return _page(errors), 422
    with transaction():
        codes = own.replace_recovery_codes(current_actor())
    return render_template("accounts/recovery_codes.html", codes=codes, is_new=False)
