package e2e

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"linecheck/report/exchange"
)

// gate says what the way does with an upload of a report.
type gate int32

const (
	pass       gate = iota
	swallow         // the request never reaches the server
	holdAnswer      // the server gets it, and its answer never comes back
	refuse          // connections for it break off
	noProbe         // as refuse, and so do connections for measuring
)

// way is a relay between an applicant and the server. It has the server's own
// certificate, so that nobody notices it.
type way struct {
	addr   string
	caught chan struct{}
	gate   atomic.Int32
}

func newWay(t *testing.T, w *world) *way {
	t.Helper()
	cert, err := tls.LoadX509KeyPair(w.path("data", "server.crt"), w.path("data", "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	y := &way{addr: ln.Addr().String(), caught: make(chan struct{}, 16)}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: w.listen})
	proxy.FlushInterval = -1
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 16}
	proxy.ModifyResponse = func(resp *http.Response) error {
		if resp.Request.URL.Path == exchange.ReportPath && gate(y.gate.Load()) == holdAnswer {
			y.caught <- struct{}{}
			<-resp.Request.Context().Done()
		}
		return nil
	}
	srv := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, exchange.SessionPath+"/") && gate(y.gate.Load()) == noProbe {
			panic(http.ErrAbortHandler)
		}
		if r.URL.Path == exchange.ReportPath {
			switch gate(y.gate.Load()) {
			case swallow:
				y.caught <- struct{}{}
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
				return
			case refuse, noProbe:
				panic(http.ErrAbortHandler)
			}
		}
		proxy.ServeHTTP(rw, r)
	})}
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })
	return y
}

func (y *way) set(g gate) { y.gate.Store(int32(g)) }

// url is the way's address as an applicant's --probe.
func (y *way) url() string { return "https://" + y.addr }
