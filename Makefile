# The commands of this project. `make test` is the one to run before sending a change.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null)
COMMIT_TIME ?= $(shell git log -1 --format=%cI 2>/dev/null)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.revision=$(COMMIT) -X main.revisionTime=$(COMMIT_TIME)
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: build image test deps cross bench soak eval golden widget fuzz

build: ## the binary, ./docent
	CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o docent ./cmd/docent

image: ## the container image docent:VERSION, and docent:latest
	docker build --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) --build-arg COMMIT_TIME=$(COMMIT_TIME) \
	  -t docent:$(VERSION) -t docent:latest .

test: ## every check; what the machine lacks is named and skipped
	@bash .ci/checks

deps: ## install what the checks need (Debian and Ubuntu)
	@bash .ci/deps

cross: ## dist/docent-OS-ARCH for every platform
	@for p in $(PLATFORMS); do \
	  os=$${p%/*}; arch=$${p#*/}; out=dist/docent-$$os-$$arch; [ $$os = windows ] && out=$$out.exe; \
	  echo "build $$out"; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags "$(LDFLAGS)" -o $$out ./cmd/docent || exit 1; \
	done

bench: ## what Docent costs, as a table; some minutes. FLAGS="-qdrant FILE" and others: go doc ./bench
	go run ./bench $(FLAGS)

soak: ## kill ingests while readers ask, and check that they notice nothing. FLAGS="-kills 100"; go doc ./bench/kill
	go run ./bench/kill $(FLAGS)

eval: ## measure search on other projects' documentation; NEEDS THE NETWORK. FLAGS="-only vue" and others: go doc ./bench/eval
	go run ./bench/eval $(FLAGS)

golden: ## rewrite the golden files; review the difference
	go test ./ingest ./retrieval ./eval -update

widget: ## rebuild web/widget/dist and web/openapi/dist from their sources
	cd web/widget && npm ci && npm run check && npm run build
	cd web/openapi && npm ci --ignore-scripts && npm run build

fuzz: ## each fuzz test for half a minute
	@for f in $$(grep -rlE '^func Fuzz' --include=*_test.go .); do \
	  for t in $$(grep -oE '^func Fuzz[A-Za-z0-9_]*' $$f | cut -c6-); do \
	    echo "$$f $$t"; go test -run '^$$' -fuzz "^$$t$$" -fuzztime 30s $$(dirname $$f) || exit 1; done; done
