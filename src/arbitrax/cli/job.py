"""`arbitrax job`: list, show, cancel."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from arbitrax.bootstrap import open_store
from arbitrax.cli.console import Json, show, show_json, table
from arbitrax.domain.dates import time_text
from arbitrax.domain.errors import InputError
from arbitrax.domain.ids import encode
from arbitrax.services.jobs import JOB, cancel_job, find_job, job_id
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.services.jobs import Attempt, Job

app = App(name="job", help="List, show and cancel jobs of the workers.")


@app.command(name="list")
def list_jobs(
    *,
    status: Annotated[
        Literal["queued", "running", "succeeded", "failed", "cancelled", "dead"] | None,
        Parameter(help="Only those with this status."),
    ] = None,
    limit: Annotated[int, Parameter(help="How many, newest first.")] = 20,
    json: Json = False,
) -> int:
    """List jobs, newest first."""
    if not 1 <= limit <= 500:
        raise InputError(f"--limit {limit} is not allowed; give a number from 1 to 500.")
    with open_store(read_settings()) as store:
        jobs = store.jobs.newest(limit, status=status)
    if json:
        show_json([_document(each) for each in jobs])
    elif not jobs:
        show("There are no jobs; the gateway takes them, and `arbitrax serve worker` does them.")
    else:
        columns = ("job", "created", "kind", "status", "progress", "attempt")
        rows = [
            (
                encode(JOB, each.id),
                time_text(each.created_at),
                each.kind,
                each.status,
                f"{each.progress:.0%}",
                str(each.attempt),
            )
            for each in jobs
        ]
        show(table(None, columns, rows, left=4))
    return 0


@app.command(name="show")
def show_job(job: str, /, *, json: Json = False) -> int:
    """Show a job and what became of each attempt at it."""
    with open_store(read_settings()) as store:
        found = find_job(store.jobs, job_id(job))
        attempts = store.jobs.attempts(found.id)
    document = _document(found) | {"attempts": [_attempt(each) for each in attempts]}
    if json:
        show_json(document)
        return 0
    rows = [(name, str(value)) for name, value in _document(found).items() if name != "error" and value is not None]
    show(table(None, ("", ""), rows, left=2))
    for each in attempts:
        outcome = each.outcome or "under way"
        show(f"Attempt {each.number} by {each.holder}: {outcome}{'' if each.reason is None else f'; {each.reason}'}")
    if found.error is not None:
        show(found.error.detail)
    return 0


@app.command(name="cancel")
def cancel(job: str, /, *, json: Json = False) -> int:
    """Ask for the end of a job."""
    with open_store(read_settings()) as store:
        found = cancel_job(store.jobs, job_id(job))
    if json:
        show_json(_document(found))
    elif found.status == "running":
        show(f"{encode(JOB, found.id)} ends within seconds.")
    else:
        show(f"{encode(JOB, found.id)} is {found.status}.")
    return 0


def _document(job: "Job") -> dict[str, Any]:
    return {
        "id": encode(JOB, job.id),
        "kind": job.kind,
        "status": job.status,
        "progress": job.progress,
        "attempt": job.attempt,
        "cancel_asked": job.cancel_asked,
        "created_at": time_text(job.created_at),
        "started_at": None if job.started_at is None else time_text(job.started_at),
        "finished_at": None if job.finished_at is None else time_text(job.finished_at),
        "eta": None if job.eta is None else time_text(job.eta),
        "error": None if job.error is None else {"code": job.error.code, "detail": job.error.detail},
    }


def _attempt(attempt: "Attempt") -> dict[str, Any]:
    return {
        "attempt": attempt.number,
        "worker": attempt.holder,
        "started_at": time_text(attempt.started_at),
        "finished_at": None if attempt.finished_at is None else time_text(attempt.finished_at),
        "outcome": attempt.outcome,
        "reason": attempt.reason,
    }
