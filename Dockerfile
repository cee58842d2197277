FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    SITE_MODE=production \
    BIND_ADDRESS=0.0.0.0 \
    STATIC_ROOT=/site/staticfiles

RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent site
WORKDIR /site

COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt

COPY manage.py manage.py
COPY eventstore eventstore
COPY conferences conferences
COPY payments payments
COPY registrations registrations
COPY templates templates
COPY conference_site conference_site

# The secrets of this one command stay in it; collecting files opens no connection.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" && \
    SECRET_KEY="$SECRET_KEY" EVENT_DIGEST_KEY="$SECRET_KEY" \
    PERSONAL_DATA_KEYS="$SECRET_KEY" DATABASE_URL=postgresql:///not-used-here \
    python manage.py collectstatic --noinput --verbosity 0

# A new volume takes over whose this folder is.
RUN install --directory --owner=site /var/lib/conference/ledger

USER site
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "python:conference_site.gunicorn_conf"]
