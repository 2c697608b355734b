package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"linecheck/cmd/internal/cli"
	"linecheck/report/exchange"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// certificateLife is how long a self-signed certificate counts. Applicants
// trust it by its pin, so that it need not be renewed often.
const certificateLife = 10 * 365 * 24 * time.Hour

// serverTLS is the server's TLS: the certificate files given, certificates from an authority that speaks
// ACME, or a self-signed certificate kept in the data folder. The pin is as [pinOf] says.
func serverTLS(f serveFlags, sites []*site) (config *tls.Config, pin string, err error) {
	// HTTP/2 would put a speed test's connections into one.
	config = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if f.acme {
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(filepath.Join(f.data, "acme")), HostPolicy: autocert.HostWhitelist(hosts(sites)...), Email: f.acmeMail}
		if f.acmeDirectory != "" {
			m.Client = &acme.Client{DirectoryURL: f.acmeDirectory}
		}
		config.GetCertificate = m.GetCertificate
		config.NextProtos = append(config.NextProtos, acme.ALPNProto)
		return config, "", nil
	}
	if f.cert == "" {
		f.cert, f.key = filepath.Join(f.data, "server.crt"), filepath.Join(f.data, "server.key")
		if _, err := os.Stat(f.cert); errors.Is(err, os.ErrNotExist) {
			if err := selfSigned(f.cert, f.key, hosts(sites)); err != nil {
				return nil, "", err
			}
		}
	}
	files := &pairFiles{cert: f.cert, key: f.key}
	pair, err := files.get(nil)
	if err != nil {
		return nil, "", cli.Fail(cli.Usage, "the certificate in %s with its key in %s cannot be used: %w; both are PEM files", f.cert, f.key, err)
	}
	config.GetCertificate = files.get
	chain := []*x509.Certificate{pair.Leaf}
	for _, der := range pair.Certificate[1:] {
		if c, err := x509.ParseCertificate(der); err == nil {
			chain = append(chain, c)
		}
	}
	return config, pinOf(sites[0].origin.Hostname(), chain), nil
}

// pinOf is the pin by which applicants trust the first certificate of a chain; empty where the public roots
// vouch for it under that name.
func pinOf(host string, chain []*x509.Certificate) string {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	if _, err := chain[0].Verify(x509.VerifyOptions{DNSName: host, Intermediates: between}); err == nil {
		return ""
	}
	return exchange.PinOf(chain[0])
}

// hosts are the names under which the server is reached.
func hosts(sites []*site) (list []string) {
	for _, s := range sites {
		list = append(list, s.origin.Hostname())
	}
	return list
}

// pairFiles are a certificate and its key in files, which somebody renews now and then.
type pairFiles struct {
	cert, key string

	mu     sync.Mutex
	looked time.Time
	of     time.Time // when the certificate's file was written
	pair   *tls.Certificate
}

// lookAgain is how often the files are looked at.
const lookAgain = 10 * time.Second

// get is the certificate as it stands in the files; the one before where those are not whole at this moment.
func (p *pairFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pair != nil && time.Since(p.looked) < lookAgain {
		return p.pair, nil
	}
	p.looked = time.Now()
	info, err := os.Stat(p.cert)
	if err == nil && info.ModTime().Equal(p.of) {
		return p.pair, nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(p.cert, p.key)
	}
	if err != nil {
		if p.pair != nil {
			return p.pair, nil
		}
		return nil, err
	}
	p.pair, p.of = &pair, info.ModTime()
	return p.pair, nil
}

func selfSigned(certFile, keyFile string, hosts []string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: hosts[0]},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	// The key first: a certificate without its key would be taken for a complete pair.
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}
