package main

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The address of whoever asks is believed from trusted proxies alone, and from the last that is none of them.
func TestBehindProxies(t *testing.T) {
	var seen string
	h, err := behind([]string{"10.0.0.0/8", "fd00::/8"}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.RemoteAddr }))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from  string
		lists []string
		want  string
	}{
		{"10.1.2.3:99", []string{"192.0.2.7"}, "192.0.2.7:0"},
		{"10.1.2.3:99", []string{"6.6.6.6, 192.0.2.7"}, "192.0.2.7:0"},
		{"10.1.2.3:99", []string{"6.6.6.6", "192.0.2.7, 10.9.9.9"}, "192.0.2.7:0"},
		{"[fd00::1]:99", []string{"2001:db8::7"}, "[2001:db8::7]:0"},
		{"10.1.2.3:99", nil, "10.1.2.3:99"},
		{"10.1.2.3:99", []string{"rubbish"}, "10.1.2.3:99"},
		{"10.1.2.3:99", []string{"192.0.2.7, rubbish"}, "10.1.2.3:99"},
		{"192.0.2.1:99", []string{"192.0.2.7"}, "192.0.2.1:99"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.from
		for _, l := range c.lists {
			r.Header.Add("X-Forwarded-For", l)
		}
		if h.ServeHTTP(httptest.NewRecorder(), r); seen != c.want {
			t.Errorf("%s, %q: %s, want %s", c.from, c.lists, seen, c.want)
		}
	}
	if _, err := behind([]string{"10.0.0.1"}, nil); err == nil {
		t.Error("an address is taken for a network")
	}
}

// A certificate that is renewed is served without starting the server anew; one that is half written is not.
func TestCertificatesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "c"), filepath.Join(dir, "k")
	if err := selfSigned(cert, key, []string{"one.example", "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	files := &pairFiles{cert: cert, key: key}
	first, err := files.get(nil)
	if err != nil || first.Leaf.DNSNames[0] != "one.example" || len(first.Leaf.IPAddresses) != 1 {
		t.Fatalf("%+v %v", first, err)
	}
	again := func() *tls.Certificate {
		t.Helper()
		files.looked = time.Time{}
		pair, err := files.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return pair
	}
	if err := os.WriteFile(cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute)
	_ = os.Chtimes(cert, later, later)
	if again() != first {
		t.Error("a half-written certificate took the place of the good one")
	}
	if err := selfSigned(cert, key, []string{"two.example"}); err != nil {
		t.Fatal(err)
	}
	later = later.Add(time.Minute)
	_ = os.Chtimes(cert, later, later)
	if got := again(); got.Leaf.DNSNames[0] != "two.example" {
		t.Errorf("%v is served", got.Leaf.DNSNames)
	}
	if _, err := (&pairFiles{cert: filepath.Join(dir, "x")}).get(nil); err == nil {
		t.Error("no certificate at all, and no error")
	}
}
