//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// Far ends that are not what they should be. Each runs as a process of its own in a namespace.

// fake runs one: its kind, the address it listens on, and how it behaves.
func fake(args []string) error {
	if len(args) < 2 {
		return errors.New("fake needs a kind and an address")
	}
	mode := ""
	if len(args) > 2 {
		mode = args[2]
	}
	switch args[0] {
	case "dns":
		return fakeDNS(args[1], mode)
	case "page":
		return serveHTTP(args[1]+":80", nil, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "success") }))
	case "portal":
		return fakePortal(args[1])
	case "proxy":
		return fakeProxy(args[1], mode)
	case "tls":
		return fakeTLS(args[1], mode)
	case "gateway":
		return fakeGateway(args[1], mode)
	case "clock":
		return runWithClock(args[1], args[2:])
	case "hog":
		return hog(args[1], mode)
	case "vpn":
		return fakeVPN(args[1], mode)
	}
	return fmt.Errorf("there is no fake %q", args[0])
}

func ready() { fmt.Println("ready") }

func serveHTTP(at string, config *tls.Config, h http.Handler) error {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	ready()
	return http.Serve(l, h)
}

// fakeDNS answers for the names of the world: as it should, or not.
func fakeDNS(at, mode string) error {
	conn, err := net.ListenPacket("udp", at+":53")
	if err != nil {
		return err
	}
	ready()
	b := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			return err
		}
		query := append([]byte(nil), b[:n]...)
		go func() {
			if mode == "slow" {
				time.Sleep(700 * time.Millisecond)
			}
			if answer := answerDNS(query, mode); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}()
	}
}

// zone are the names that there are.
func zone(mode string) map[string][]string {
	z := map[string][]string{
		serverName + ".":            {server},
		"detectportal.firefox.com.": {page},
	}
	switch mode {
	case "six":
		z[serverName+"."] = []string{server, server6}
	case "badsix":
		z[serverName+"."] = []string{server, "fd00:199::dead"}
	case "noname":
		delete(z, serverName+".")
	case "wpad":
		z["wpad."] = []string{portalAddr}
	}
	return z
}

func answerDNS(query []byte, mode string) []byte {
	var p dnsmessage.Parser
	head, err := p.Start(query)
	if err != nil {
		return nil
	}
	q, err := p.Question()
	if err != nil || mode == "silent" {
		return nil
	}
	name := strings.ToLower(q.Name.String())
	head.Response, head.RecursionAvailable = true, true
	ips, known := zone(mode)[name]
	if mode == "lie" {
		ips, known = []string{portalAddr}, true
	}
	switch {
	case mode == "servfail":
		head.RCode = dnsmessage.RCodeServerFailure
	case mode == "refuse":
		head.RCode = dnsmessage.RCodeRefused
	case !known && name != "com.":
		head.RCode = dnsmessage.RCodeNameError
	}
	b := dnsmessage.NewBuilder(nil, head)
	if b.StartQuestions() != nil || b.Question(q) != nil || b.StartAnswers() != nil {
		return nil
	}
	rh := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 1}
	if head.RCode == dnsmessage.RCodeSuccess {
		for _, text := range ips {
			ip := netip.MustParseAddr(text)
			switch {
			case ip.Is4() && q.Type == dnsmessage.TypeA:
				_ = b.AResource(rh, dnsmessage.AResource{A: ip.As4()})
			case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
				_ = b.AAAAResource(rh, dnsmessage.AAAAResource{AAAA: ip.As16()})
			}
		}
		if name == "com." && q.Type == dnsmessage.TypeNS {
			_ = b.NSResource(rh, dnsmessage.NSResource{NS: dnsmessage.MustNewName("ns.example.")})
		}
	}
	out, err := b.Finish()
	if err != nil {
		return nil
	}
	return out
}

// fakePortal answers every page with a log-in page: over HTTP on 80, and over TLS with its own certificate on 443.
func fakePortal(at string) error {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://login.hotel.example/?back="+r.Host, http.StatusFound)
	})
	config, err := selfMade("Hotel Gateway")
	if err != nil {
		return err
	}
	go func() { _ = serveHTTP(at+":443", config, page) }()
	return serveHTTP(at+":80", nil, page)
}

// fakeProxy connects for those who ask (open), wants a password (login) or says no (refuse).
func fakeProxy(at, mode string) error {
	return serveHTTP(at+":3128", nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case mode == "login":
			w.Header().Set("Proxy-Authenticate", `Basic realm="office"`)
			http.Error(w, "who are you?", http.StatusProxyAuthRequired)
			return
		case mode == "refuse" || r.Method != http.MethodConnect:
			http.Error(w, "not allowed", http.StatusForbidden)
			return
		}
		far, err := net.DialTimeout("tcp", r.Host, 5*time.Second)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer far.Close()
		w.WriteHeader(http.StatusOK)
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer near.Close()
		go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
		_, _ = io.Copy(near, far)
	}))
}

// fakeTLS answers on 443 in the server's place: with a certificate of its own (read), an
// error of a gateway (502), or by breaking off (reset).
func fakeTLS(at, mode string) error {
	config, err := selfMade("Acme Web Protection")
	if err != nil {
		return err
	}
	if mode != "reset" {
		return serveHTTP(at+":8443", config, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "blocked", http.StatusForbidden) }))
	}
	l, err := net.Listen("tcp", at+":8443")
	if err != nil {
		return err
	}
	ready()
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			_, _ = c.Read(make([]byte, 512))
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}()
	}
}

// fakeGateway has the server's own certificate, and no server behind it.
func fakeGateway(at, data string) error {
	pair, err := tls.LoadX509KeyPair(data+"/server.crt", data+"/server.key")
	if err != nil {
		return err
	}
	return serveHTTP(at+":443", &tls.Config{Certificates: []tls.Certificate{pair}}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<html>bad gateway</html>", http.StatusBadGateway)
	}))
}

func selfMade(by string) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{Organization: []string{by}}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{serverName}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, nil
}
