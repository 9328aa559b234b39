# One image for the web server, the worker, the relay and the migrations; compose.yaml runs them.

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt ./
RUN python -m venv /opt/venv \
    && pip install --no-cache-dir --no-deps --only-binary=:all: --require-hashes -r requirements.txt
COPY . .
COPY --from=packages /app/node_modules node_modules
# the commands start the app: what it keeps for itself then must not end up in the image
RUN export CSIAPP_DATA_DIR=/tmp/build-data \
    && pybabel compile -d csiapp/translations \
    && flask --app wsgi assets build \
    && rm -rf node_modules

FROM python:3.11-slim-bookworm
# what WeasyPrint loads; without the last one every report takes ten times as long
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home csiapp \
    && install -d -o csiapp -g csiapp -m 700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CSIAPP_ENV=production \
    CSIAPP_DATA_DIR=/data \
    WEB_BIND=0.0.0.0:8000
USER csiapp
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "gunicorn.conf.py"]
