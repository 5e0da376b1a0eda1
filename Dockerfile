# Wardlink's roles and its command line in one image; every package is checked by its hash.
# What is copied into it is listed in .dockerignore.
#
#   docker build -t wardlink .

FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN sh deploy/install.sh requirements-dev.lock \
    && .venv/bin/uv build --quiet --wheel --no-build-isolation --python .venv/bin/python --out-dir /dist . \
    && python -m venv --without-pip /opt/wardlink \
    && .venv/bin/uv pip sync --quiet --require-hashes --compile-bytecode --python /opt/wardlink/bin/python requirements.lock \
    && .venv/bin/uv pip install --quiet --no-deps --compile-bytecode --python /opt/wardlink/bin/python /dist/*.whl

FROM python:3.13-slim
COPY --from=build /opt/wardlink /opt/wardlink
RUN groupadd --gid 10001 wardlink \
    && useradd --uid 10001 --gid wardlink --no-create-home --shell /usr/sbin/nologin wardlink \
    && install -d -m 0700 -o wardlink -g wardlink \
        /var/lib/wardlink /var/lib/wardlink/run /var/lib/wardlink/keyring /var/lib/wardlink/public \
        /var/lib/wardlink/collect /var/lib/wardlink/alerts /backup /incoming
USER 10001:10001
ENV PATH=/opt/wardlink/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WARDLINK_HOME=/var/lib/wardlink
WORKDIR /var/lib/wardlink
ENTRYPOINT ["wardlink"]
CMD ["--help"]
