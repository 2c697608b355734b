# What people run here. `make demo` and `make test` install what is missing on
# Debian; everything else expects it to be there.

GO ?= go
BIN := bin
# All of the programs but the window build in seconds.
PROGRAMS := linecheck linecheck-support linecheck-recruiter
# The window as it is shipped: it speaks to screen readers on Windows and macOS, carries no font of coloured
# pictures, and does not look at every call for the goroutine that makes it, as it does in the tests.
WINDOW_TAGS := accessibility,no_emoji,migrated_fynedo
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4

.PHONY: bench-audio bench-diagnosis bench-machine bench-network demo test test-short check bench build deps deps-demo deps-package deps-test clean

demo: deps-demo build-terminal
	@$(GO) build -o $(BIN)/internal/demo ./cmd/internal/demo
	@exec $(BIN)/internal/demo -bin $(BIN) -dir demo

build: build-terminal verify-page
	$(GO) build -tags $(WINDOW_TAGS) -o $(BIN)/linecheck ./cmd/linecheck

# What is released, into dist/: see cmd/internal/pack.
.PHONY: package
package: deps-package verify-page
	sh cmd/linecheck/package/windows/portaudio.sh $(BIN)/portaudio-windows
	sh cmd/linecheck/package/sysroot.sh $(BIN)/sysroot-arm64 $$(sh .ci/deps libraries)
	$(GO) run ./cmd/internal/pack -go $(GO) -portaudio $(BIN)/portaudio-windows -sysroot $(BIN)/sysroot-arm64 -page $(BIN)/verify.html -out dist

# The packages in dist/ as those who get them use them: in a clean Debian, and under wine. Needs root; takes some minutes.
.PHONY: package-test
package-test:
	@sh .ci/deps package-test
	LINECHECK_PACKAGES=$(CURDIR)/dist $(GO) test -count=1 -v -timeout 30m ./cmd/internal/packtest

# The page that verifies reports in a browser, offline: one file.
.PHONY: verify-page
verify-page:
	$(GO) run ./cmd/internal/verifypage -go $(GO) -o $(BIN)/verify.html

.PHONY: build-terminal
build-terminal: deps
	$(GO) build -o $(BIN)/linecheck-support ./cmd/linecheck-support
	CGO_ENABLED=0 $(GO) build -o $(BIN)/linecheck-recruiter ./cmd/linecheck-recruiter

# Many tests measure time, and would disturb each other. Those of WAITING wait for the sound, the network or the
# window most of their time: two of their packages run at once, and within them side by side what can. Those
# of ALONE have the computer to themselves. The others go first, one more than there are processors, since some wait too.
WAITING := /checks/(audio$$|audio/device|audio/virtual|internet|session|testnet|webrtc)|/cmd/internal/(callpage|e2e|windowtest)|/gui$$
ALONE := /checks/(internal|machine|probe)|/cmd/internal/netbench|/cmd/linecheck$$

test: deps-test
	$(GO) test -count=1 -timeout 15m -p 3 $$($(GO) list ./... | grep -Ev '$(WAITING)|$(ALONE)')
	$(GO) test -count=1 -timeout 15m -p 2 -parallel 6 $$($(GO) list ./... | grep -E '$(WAITING)')
	$(GO) test -count=1 -timeout 15m -p 1 -parallel 6 $$($(GO) list ./... | grep -E '$(ALONE)')

test-short: deps
	$(GO) test -short ./...

# The race detector leaves out checks/audio/analysis: numbers in, numbers out, no goroutine, and it takes minutes there.

# Packages that build without cgo, so for every system.
PURE := ./assets/... ./report/... ./checks/... ./gui/... ./cmd/linecheck-recruiter/... ./cmd/linecheck-support ./cmd/internal/...

# The sound library and the window for Windows, by a compiler that runs here.
WINDOWS_CGO := GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc PKG_CONFIG_LIBDIR=$(CURDIR)/$(BIN)/portaudio-windows/lib/pkgconfig

check: deps deps-package
	@test -z "$$(gofmt -l assets checks cmd gui report)" || { echo "not formatted:"; gofmt -l assets checks cmd gui report; exit 1; }
	$(GO) vet ./...
	GOOS=windows CGO_ENABLED=0 $(GO) build $(PURE) ./cmd/linecheck
	GOOS=windows CGO_ENABLED=0 $(GO) vet $(PURE) ./cmd/linecheck
	for arch in amd64 arm64; do for verb in build vet; do \
		GOOS=darwin GOARCH=$$arch CGO_ENABLED=0 $(GO) $$verb $(filter-out ./gui/...,$(PURE)) ./gui/model/... || exit 1; done; done
	sh cmd/linecheck/package/windows/portaudio.sh $(BIN)/portaudio-windows
	$(WINDOWS_CGO) $(GO) vet -tags $(WINDOW_TAGS) ./checks/audio/... ./cmd/linecheck ./cmd/linecheck-support ./cmd/internal/supportcmd
	GOOS=js GOARCH=wasm $(GO) build ./report/...
	GOOS=js GOARCH=wasm $(GO) vet ./cmd/internal/verifypage/...
	$(GO) run $(STATICCHECK) ./...
	$(GO) test -count=1 ./cmd/internal/arch
	$(GO) test -race -short $$($(GO) list ./... | grep -v '/checks/audio/analysis$$')
	@sh .ci/vulnerabilities $(GO) run $(GOVULNCHECK)

bench:
	@sh .ci/deps bench
	$(GO) test -p 1 -run '^$$' -bench . -benchmem ./...

# How often simulated rooms are told right, and what the sound checks cost. Takes three minutes.
bench-audio:
	$(GO) test -run '^$$' -bench . -benchtime 1x ./checks/audio/analysis

# Our speed check and its peers over emulated lines. Needs root; takes half an hour.
bench-network: build-terminal
	@sh .ci/deps bench
	$(GO) build -o $(BIN)/internal/netbench ./cmd/internal/netbench
	@$(BIN)/internal/netbench -bin $(BIN) $(ARGS)

# Faults injected for real, and whether each is named right. Needs root; takes three quarters of an hour.
bench-diagnosis: build-terminal
	@sh .ci/deps bench
	$(GO) build -o $(BIN)/internal/faultbench ./cmd/internal/faultbench
	@$(BIN)/internal/faultbench -bin $(BIN) $(ARGS)

# How repeatable the processor's score is, beside sysbench and 7-Zip. Needs root; takes a quarter of an hour.
bench-machine: build-terminal
	@sh .ci/deps bench
	$(GO) build -o $(BIN)/internal/machinebench ./cmd/internal/machinebench
	@$(BIN)/internal/machinebench -bin $(BIN) $(ARGS)

deps:
	@sh .ci/deps build

deps-demo:
	@sh .ci/deps demo

deps-package:
	@sh .ci/deps package

deps-test:
	@sh .ci/deps test

clean:
	rm -rf $(BIN) dist demo
