//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks/testnet"
)

const proxyAddr = testnet.FarAddr + ":3128"

// TestMain is a proxy where it is started as one: it must run in a namespace of its own.
func TestMain(m *testing.M) {
	if os.Getenv("NETBENCH_PROXY") != "" {
		fmt.Println(http.ListenAndServe(proxyAddr, http.HandlerFunc(tunnel)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// tunnel serves CONNECT, and prints a line for each.
func tunnel(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
		return
	}
	to, err := net.Dial("tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer to.Close()
	w.WriteHeader(http.StatusOK)
	from, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	fmt.Println("tunnel to", r.Host)
	go func() {
		_, _ = io.Copy(to, buffered)
		_ = to.Close()
	}()
	_, _ = io.Copy(from, to)
}

// The way to the probe leads through the proxy that the environment names.
func TestSpeedThroughAProxy(t *testing.T) {
	if testing.Short() {
		t.Skip("needs root")
	}
	l := line{Line: testnet.Symmetric(20, 5, 20*time.Millisecond, 0, 100*time.Millisecond)}
	lab, err := testnet.Start(l.Line, 1)
	if errors.Is(err, testnet.ErrUnavailable) {
		t.Skipf("no emulated line here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lab.Close() }()
	proxy := lab.Far(os.Args[0])
	proxy.Env = append(os.Environ(), "NETBENCH_PROXY=1")
	out, err := proxy.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	var tunnels atomic.Int32
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			tunnels.Add(1)
		}
	}()
	time.Sleep(500 * time.Millisecond) // until it listens
	t.Setenv("HTTPS_PROXY", "http://"+proxyAddr)
	r, err := linecheck()(t.Context(), job{lab: lab, line: l, bin: programs(t), dir: t.TempDir()})
	_ = proxy.Process.Kill()
	<-counted
	_ = proxy.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if tunnels.Load() < 8 {
		t.Errorf("%d connections went through the proxy", tunnels.Load())
	}
	// the probe sees the proxy's packets and not the line's: less exact
	near(t, "download", r.figures["down"], l.Down.Goodput(), 0.2)
	near(t, "upload", r.figures["up"], l.Up.Goodput(), 0.2)
}
