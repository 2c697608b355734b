//go:build linux

package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"linecheck/checks/testnet"
)

// files serves what a public speed-test server does, over plain HTTP, for the peer.
func files() error {
	block := make([]byte, 1<<20)
	_, _ = rand.Read(block)
	mux := http.NewServeMux()
	mux.HandleFunc("/speedtest/upload.php", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprintf(w, "size=%d\n", n)
	})
	mux.HandleFunc("/speedtest/latency.txt", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "test=test\n") })
	mux.HandleFunc("/speedtest/{file}", func(w http.ResponseWriter, r *http.Request) {
		var side int
		if _, err := fmt.Sscanf(r.PathValue("file"), "random%d", &side); err != nil || side < 1 || side > 4000 {
			http.NotFound(w, r)
			return
		}
		left := 2 * side * side
		w.Header().Set("Content-Length", strconv.Itoa(left))
		for left > 0 {
			n, err := w.Write(block[:min(left, len(block))])
			if left -= n; err != nil {
				return
			}
		}
	})
	return (&http.Server{Addr: testnet.FarAddr + ":8080", Handler: mux}).ListenAndServe()
}
