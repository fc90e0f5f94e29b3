# 议事 Yishi in a container. Two stages: the wheel is built with a Node from PyPI and a C compiler for
# the hot path (media/native.py), then installed beside its locked dependencies; neither Node nor
# compiler nor sources stay in the image.
#
#   docker compose up --build

FROM docker.io/library/python:3.11-slim-bookworm AS build
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends gcc libc6-dev
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements/ requirements/
RUN python -m venv /opt/yishi && /opt/yishi/bin/pip install --require-hashes -r requirements/run.txt
RUN python -m venv /opt/build && /opt/build/bin/pip install --require-hashes \
    -r requirements/build.txt -r requirements/native.txt -r requirements/node.txt
COPY . .
RUN YISHI_NATIVE=1 /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/yishi/bin/pip install --no-deps --no-index /wheels/yishi-*.whl

FROM docker.io/library/python:3.11-slim-bookworm
COPY --from=build /opt/yishi /opt/yishi
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin yishi \
    && install -d -o yishi -g yishi -m 0700 /data
USER yishi
WORKDIR /data
ENV PATH=/opt/yishi/bin:$PATH PYTHONUNBUFFERED=1 \
    YISHI_DATA=/data YISHI_HOST=0.0.0.0 YISHI_PORT=8000 \
    YISHI_UDP_PORT_MIN=50000 YISHI_UDP_PORT_MAX=50199
VOLUME /data
EXPOSE 8000/tcp 8443/tcp 50000-50199/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["yishi", "health"]
CMD ["yishi", "serve"]
