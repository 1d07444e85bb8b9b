"""Rules of the return as data: what blocks it, what asks for a comment. Pure.

``pack.rules_for(period)`` reads the rules valid for a quarter, ``checking.check(subject, rules)`` applies them; the
form, an import and a command call the same two.
"""
