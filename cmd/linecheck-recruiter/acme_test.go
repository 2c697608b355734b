package main

import (
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"linecheck/cmd/internal/progtest"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
)

// pebble is a certificate authority for tests, by the makers of Let's Encrypt.
const pebble = "github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.1"

// A certificate comes from a real authority that speaks ACME, which asks the server to prove that it has the name.
func TestCertificatesByACME(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts a certificate authority")
	}
	dir := t.TempDir()
	install := exec.Command("go", "install", pebble)
	install.Env, install.Dir = append(os.Environ(), "GOBIN="+dir, "GOFLAGS="), dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("the authority cannot be had here: %v %.300s", err, out)
	}
	const name = "jobs.linecheck.test"
	listen, directory := freeAddress(t), freeAddress(t)
	authority(t, dir, directory, listen)
	k := filepath.Join(dir, "keys")
	if _, err := keys.Create(k, "Example", time.Now()); err != nil {
		t.Fatal(err)
	}
	paths, err := progtest.Build(dir, "linecheck-recruiter")
	if err != nil {
		t.Fatal(err)
	}
	serve := exec.Command(paths[0], "serve", "--keys", k, "--data", filepath.Join(dir, "data"), "--listen", listen, "--public-url", "https://"+name, "--acme",
		"--acme-directory", "https://"+directory+"/dir", "--acme-email", "ops@example.com")
	serve.Env = append(os.Environ(), "SSL_CERT_FILE="+filepath.Join(dir, "ca.crt"))
	progtest.Serve(t, serve)
	shake := func(host string) (*tls.Conn, error) {
		return tls.DialWithDialer(&net.Dialer{Timeout: 40 * time.Second}, "tcp", listen, &tls.Config{ServerName: host, InsecureSkipVerify: true})
	}
	for range 2 { // the second time it is there
		c, err := shake(name)
		if err != nil {
			t.Fatal(err)
		}
		cert := c.ConnectionState().PeerCertificates[0]
		c.Close()
		if err := cert.VerifyHostname(name); err != nil || !strings.Contains(cert.Issuer.CommonName, "Pebble") {
			t.Errorf("the certificate is for %v, by %s (%v)", cert.DNSNames, cert.Issuer, err)
		}
	}
	if c, err := shake("other.linecheck.test"); err == nil {
		c.Close()
		t.Error("a certificate was got for a name that is not the server's")
	}
}

// authority starts a certificate authority that finds every name on this machine.
func authority(t *testing.T, dir, directory, server string) {
	t.Helper()
	if err := selfSigned(filepath.Join(dir, "ca.crt"), filepath.Join(dir, "ca.key"), []string{"127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(server)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{"listenAddress": directory, "certificate": filepath.Join(dir, "ca.crt"), "privateKey": filepath.Join(dir, "ca.key"),
		"httpPort": 1, "tlsPort": json.Number(port), "retryAfter": map[string]int{"authz": 1, "order": 1}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "pebble.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "pebble"), "-config", file, "-dnsserver", names(t))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, Timeout: time.Second}
	defer client.CloseIdleConnections()
	for range 100 {
		if r, err := client.Get("https://" + directory + "/dir"); err == nil {
			r.Body.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the authority does not answer")
}

// names is a name server, over TCP, that knows every name, and that it is this machine.
func names(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answerNames(c)
		}
	}()
	return l.Addr().String()
}

// answerNames answers the questions that come over a connection, each after its length.
func answerNames(c net.Conn) {
	defer c.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(length[:]))
		var m dnsmessage.Message
		if _, err := io.ReadFull(c, question); err != nil || m.Unpack(question) != nil || len(m.Questions) != 1 {
			return
		}
		q := m.Questions[0]
		m.Header.Response, m.Additionals = true, nil
		if q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
		}
		answer, err := m.Pack()
		if err != nil {
			return
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
