# syntax=docker/dockerfile:1

FROM python:3.13-slim AS packages
WORKDIR /build
COPY pyproject.toml requirements.lock ./
# requirements.lock constrains, pyproject.toml chooses: the lock's versions and hashes, without
# what only the demo and the tests need. uv itself comes from the lock as well.
RUN sed -n '/^uv==/,/^    # via/p' requirements.lock > uv.lock.txt \
    && pip install --no-cache-dir --require-hashes -r uv.lock.txt \
    && python -m venv --without-pip /opt/venv \
    && uv pip install --python /opt/venv/bin/python --no-cache --compile-bytecode \
        --require-hashes --constraint requirements.lock --requirement pyproject.toml


FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# A new volume takes over the owner of the folder it covers.
RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid portal --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install --directory --owner portal --group portal /var/lib/portal
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/portal
COPY manage.py ./
COPY accounts accounts
COPY policies policies
COPY guardrails_portal guardrails_portal
COPY templates templates
COPY static static
RUN python manage.py collectstatic --noinput

USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-m", "guardrails_portal.processes", "check", "web"]
CMD ["python", "-m", "guardrails_portal.processes", "web", "--bind", "0.0.0.0:8000"]
