# 议事 Yishi. Needs python3 >= 3.11 with venv, make, and the package registries; Node is optional.
#
#   make run      set everything up and start a demonstration meeting
#   make serve    the service without the demonstration          (ARGS="--lan" for a local network)
#   make test     set everything up and run every test           (ARGS="tests/unit -k floor")
#   make pure     the rules, sessions, RTP and playlists: seconds
#   make nightly  10,000 random meetings, 100 kills under load, every property 5,000 times, an hour of
#                 livestream read by a strict client, and one of people who come, go and vanish (hours)
#   make fuzz     a million inputs for every reader of what the network sends (minutes)
#   make native   compile the hot path, and test it so (needs a C compiler)
#   make check    formatting, types, layers, generated files

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENT := $(shell find web/client -name node_modules -prune -o -type f -print)
NPM := $(BIN)/python web/npm.py
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-input
UNIT := tests/unit tests/wire
# Rules and sessions, RTP and playlists: nothing but values, in the time of a breath, on two cores.
# Few use a plugin, and that is anyio's: to load them all takes longer than hundreds of tests. What
# pytest looks after at each test for others' sake (threads, doctests, reports) is a tenth of the time.
UNUSED := cacheprovider doctest legacypath pastebin junitxml stepwise faulthandler threadexception \
    unraisableexception debugging setuponly setupplan unittest
PURE := env PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(BIN)/python -m pytest -q $(addprefix -p no:,$(UNUSED))
PURE_RULES := tests/unit/meetings $(addprefix --ignore=tests/unit/meetings/,ballots minutes proof voting)
PURE_REST := -p anyio tests/unit/meetings/voting tests/unit/signaling tests/unit/media/rtp \
    tests/unit/media/forwarding tests/unit/media/programme/test_playlist.py

.PHONY: run serve setup test unit pure nightly fuzz native check python-check client-check format lock container-check tools clean

run: setup
	$(BIN)/yishi demo $(ARGS)

serve: setup
	$(BIN)/yishi serve $(ARGS)

setup: $(VENV)/.ok web/static/index.html

# On every core what waits for no clock, and beside it three minutes of soak, which takes little and
# measures a loop that keeps up with a busy machine too. Then pages that wait for conditions alone, two
# files at a time; and at last, one by one, what measures pictures, sound and lines.
QUICK := tests/unit tests/wire tests/property tests/fuzz tests/contracts \
    $(addprefix tests/integration/,ballots record signaling web)
MEASURING := $(patsubst %,tests/e2e/test_%.py,layers meeting programme_player \
    recording webkit)
PAGES := $(filter-out $(MEASURING),$(wildcard tests/e2e/test_*.py)) \
    $(addprefix tests/integration/,edge recogniser)
SLOW := $(MEASURING) $(filter-out $(QUICK) $(PAGES),$(patsubst %/,%,$(wildcard tests/integration/*/))) \
    tests/network
test: setup $(VENV)/.dev tools
	$(NPM) test
ifeq ($(strip $(ARGS)),)
	@$(BIN)/python -m pytest -s tests/soak >$(VENV)/soak.log 2>&1 & soak=$$!; \
	$(BIN)/python -m pytest -n 2 $(QUICK) && \
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PAGES) && \
	$(BIN)/python -m pytest --durations=30 $(SLOW); rest=$$?; \
	wait $$soak; soaked=$$?; grep -v '^{"at"' $(VENV)/soak.log; exit $$((rest + soaked))
else
	$(BIN)/python -m pytest $(ARGS)
endif

unit: setup $(VENV)/.dev
	$(BIN)/python -m pytest $(UNIT) $(ARGS)

pure: setup $(VENV)/.dev
	@$(PURE) $(PURE_RULES) & rules=$$!; $(PURE) $(PURE_REST); rest=$$?; wait $$rules && exit $$rest

# Random meetings and properties in their thousands; each test that kills does so a hundred times.
nightly: setup $(VENV)/.dev
	$(BIN)/python -m pytest tests/property --hypothesis-profile=nightly $(ARGS)
	$(BIN)/python -m pytest tests/integration/record --kills=100 $(ARGS)
	$(BIN)/python -m pytest tests/integration/programme/test_playable.py --stream=60 $(ARGS)
	$(BIN)/python -m pytest -m nightly tests/e2e tests/network $(ARGS)
	$(BIN)/python -m pytest tests/soak --soak=3600 -s $(ARGS)

fuzz: setup $(VENV)/.dev
	$(INSTALL) --require-hashes -r requirements/fuzz.txt
	$(BIN)/python -m tests.fuzz.guided $(ARGS)

# The media process as a wheel with YISHI_NATIVE=1 has it: its hot path compiled, in a copy of the
# tree, where its tests run (and benchmarks, if called there).
NATIVE := build/native
native: setup $(VENV)/.dev tools
	rm -rf $(NATIVE) && mkdir -p $(NATIVE)
	tar c --exclude=node_modules --exclude=__pycache__ meetings signaling web demo tests benchmarks \
	    pyproject.toml | tar x -C $(NATIVE)
	$(BIN)/python media/native.py . $(NATIVE) >$(NATIVE)/log || { tail -20 $(NATIVE)/log; exit 1; }
	cd $(NATIVE) && PYTHONPATH=. $(CURDIR)/$(BIN)/python -m pytest tests/unit/media/forwarding \
	    tests/unit/media/peers tests/unit/media/rtp tests/unit/media/rooms tests/unit/media/congestion \
	    tests/integration/media tests/fuzz $(ARGS)

# Each takes one core for most of a minute.
check: setup $(VENV)/.dev
	@$(MAKE) --no-print-directory -j2 --output-sync=target python-check client-check

python-check: setup $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

GENERATED := web/client/src/wire/generated.ts
client-check: setup
	$(NPM) run check
	@cp -p $(GENERATED) $(VENV)/generated.ts
	PYTHON=$(CURDIR)/$(BIN)/python $(NPM) run types
	@cmp -s $(GENERATED) $(VENV)/generated.ts && cp -p $(VENV)/generated.ts $(GENERATED) || \
	    { echo "$(GENERATED) was not up to date; it is now: commit it."; exit 1; }

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# --- environment: everything by hash, nothing outside .venv and web/client/node_modules ------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "需要 Python 3.11 或更新版本。Python 3.11 or newer is needed."; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "无法创建虚拟环境：apt-get install python3-venv。No venv: install python3-venv."; exit 1; }

$(VENV)/.run: requirements/run.txt requirements/build.txt | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements/run.txt -r requirements/build.txt
	@touch $@

# A Node from PyPI, if the machine has none that the client's build accepts.
$(VENV)/.node: requirements/node.txt web/npm.py | $(VENV)/.run
	@$(NPM) --version >/dev/null 2>&1 || $(INSTALL) --require-hashes -r requirements/node.txt
	@touch $@

$(VENV)/.ok: $(VENV)/.run $(VENV)/.node pyproject.toml web/build_hook.py $(CLIENT)
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# Gone although .ok is there: somebody cleaned the tree.
web/static/index.html: | $(VENV)/.ok
	$(INSTALL) --no-deps --no-build-isolation --editable .

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# What the tests drive besides Python: without it they would say nothing, so nothing is skipped.
#   Chromium with Chinese letters; Firefox; coturn, the relay; ip, for networks of our own (as root,
#   with /dev/net/tun or the right to make it); ffprobe, which reads recordings with other eyes; libatomic, which
#   the node of Playwright's driver is linked with; GStreamer's RTSP server, an IP camera's double;
#   Varnish and nginx, the caches of edge/; WebKit with a display and GStreamer's HLS and H.264.
TEST_PACKAGES := chromium firefox-esr coturn iproute2 fontconfig fonts-noto-cjk ffmpeg libatomic1 \
    varnish nginx-light python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good \
    webkit2gtk-driver xvfb gstreamer1.0-plugins-bad gstreamer1.0-libav
GSTREAMER = /usr/bin/python3 -c 'import gi; gi.require_version("GstRtspServer", "1.0"); \
    from gi.repository import Gst; Gst.init(None); \
    assert all(map(Gst.ElementFactory.find, ["h264parse", "avdec_h264"]))'
tools:
	@PATH=$$PATH:/usr/sbin; command -v chromium >/dev/null && command -v firefox-esr >/dev/null && \
	command -v varnishd >/dev/null && command -v nginx >/dev/null && \
	command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null && \
	command -v turnserver >/dev/null && command -v ip >/dev/null && command -v ffprobe >/dev/null && \
	fc-list :lang=zh family 2>/dev/null | grep -q . && \
	$(PYTHON) -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null && \
	$(GSTREAMER) 2>/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing what the tests drive: $(TEST_PACKAGES)"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -qq -y --no-install-recommends $(TEST_PACKAGES) >/dev/null; \
	else \
	    echo "测试需要浏览器等软件。The tests need a browser and some tools:"; \
	    echo "    sudo apt-get install $(TEST_PACKAGES)"; exit 1; \
	fi

# --- for maintainers ------------------------------------------------------------------------------

# New versions within pyproject.toml's ranges. Hashes for every platform, no addresses.
COMPILE = $(VENV)/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: $(BIN)/python
	$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install -q uv
	$(COMPILE) pyproject.toml --group build --group dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/run.txt
	$(COMPILE) --group build -c requirements/dev.txt -o requirements/build.txt
	$(COMPILE) --group native -c requirements/dev.txt -o requirements/native.txt
	$(COMPILE) --group node -o requirements/node.txt
	$(COMPILE) --group fuzz -o requirements/fuzz.txt

# Builds the image and runs the compose file under podman; see tests/container/README.md.
container-check:
	bash tests/container/check

clean:
	rm -rf $(VENV) web/client/node_modules web/static media/programme/fonts dist *.egg-info
