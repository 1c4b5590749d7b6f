"""What the machine refuses, in sentences: a file, a folder, the control store.

Belongs here: turning errors of the system and the database into what to do.
Does not: our own errors (they say it themselves), or programming errors (they keep their trace).
"""


def database_error() -> type[Exception]:
    """Return the class of the control store's errors; loading it is slow, so only on demand."""
    from sqlalchemy.exc import DatabaseError  # noqa: PLC0415  # keeps `tieout --help` quick

    return DatabaseError


def of_the_system(error: OSError) -> str:
    """Say what the operating system refused."""
    return (
        f"The system refused {error.filename or 'a file'}: {error.strerror or error}. Check that"
        " the home (--home) exists or can be made, can be written and has space, then run again;"
        " what was sealed stays sealed."
    )


def of_the_store(error: Exception) -> str:
    """Say that the control store does not answer."""
    from posting import store  # noqa: PLC0415  # keeps `tieout --help` quick

    return f"{store.damage_sentence(str(getattr(error, 'orig', error)))} See: tieout verify."
