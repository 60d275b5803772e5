# 守望 Shouwang: `make demo` runs the main job on a made-up regiment, `make test` passes the tests.
PYTHON ?= python3
BIN := .venv/bin
DEMO ?= var/demo
HOUSEHOLDS ?= 3000
AS_OF ?= 2020-05-20
PORT ?= 8000

.PHONY: demo demo-screen test test-pg torture check bench bench-site docs matrix lock clean system-deps

# uv where it is present, else venv and pip. Locked versions with hashes; touched only when the install went through.
.venv/.ok: pyproject.toml requirements/dev.txt
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv -q --allow-existing --python $(PYTHON) .venv && uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt \
	  && uv pip install -q --python $(BIN)/python --no-deps -e . ; \
	else \
	  $(PYTHON) -m venv .venv && $(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt \
	  && $(BIN)/python -m pip install -q --no-deps -e . ; \
	fi
	@touch $@

demo: .venv/.ok ## 造一个虚构的团，在浏览器里试用整个系统
	@$(BIN)/shouwang demo $(DEMO) --households $(HOUSEHOLDS) --port $(PORT)

demo-screen: .venv/.ok ## 同一个虚构的团，只用命令行筛查
	@$(BIN)/shouwang demo-data $(DEMO)/package --households $(HOUSEHOLDS) --seed 7
	@$(BIN)/shouwang screen $(DEMO)/package --as-of $(AS_OF) --out $(DEMO)/results --xlsx || test $$? -eq 1

test: .venv/.ok ## 全部测试
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-pg: .venv/.ok ## 与数据库有关的测试，在一个用完即弃的 PostgreSQL 上再跑一遍
	@tests/postgresql.sh $(BIN)/python -m pytest tests/accounts tests/registry tests/casework tests/documents tests/web tests/reliability -n 2 --dist loadfile -m "not browser"

torture: .venv/.ok ## 杀进程 100 次，截断和损坏日志 400 处
	@SHOUWANG_KILLS=100 SHOUWANG_CUTS=400 $(BIN)/python -m pytest tests/reliability

check: .venv/.ok ## 格式、类型、方向
	@$(BIN)/ruff check shouwang tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/.ok ## 测速，结果写在 bench/results/
	@$(BIN)/python -m bench.run

bench-site: .venv/.ok ## 网页系统的测速：大量入库和列表页，结果写在 bench/results/site.md
	@SHOUWANG_HOME=var/bench/site $(BIN)/python -m bench.site.pages && SHOUWANG_HOME=var/bench/site $(BIN)/python -m bench.site.intake
	@$(BIN)/python -m bench.site.report var/bench/site/*.json

docs: .venv/.ok ## 由代码重新生成 docs/generated/
	@$(BIN)/python -m shouwang.policy.manual docs/generated
	@$(BIN)/python -m tests.spec.manual docs/generated

matrix: .venv/.ok ## 重写“谁看得到哪一页”的两张表；改动的每一行都要按职责审
	@MATRIX_WRITE=1 $(BIN)/python -m pytest tests/matrix/test_seen.py tests/matrix/test_posted.py

lock: ## 重新锁定依赖
	@$(BIN)/uv pip compile -q pyproject.toml --extra spark --extra pg --group dev --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 -o requirements/dev.txt
	@$(BIN)/uv pip compile -q pyproject.toml --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 -o requirements/run.txt

system-deps: ## 打印（不执行）系统依赖的安装命令
	@echo "sudo apt-get install -y --no-install-recommends chromium fonts-noto-cjk   # 浏览器测试"
	@echo "sudo apt-get install -y openjdk-17-jre-headless   # Spark 测试"
	@echo "sudo apt-get install -y --no-install-recommends postgresql   # make test-pg"

clean:
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache
